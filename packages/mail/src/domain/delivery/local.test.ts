import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { describe, type TestContext, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { ManualClock } from "@hawser/core/testing";
import type { MailTransportResult } from "../../queue/queue.ts";
import { readMbox } from "../../store/mbox/read.ts";
import { memoryMail } from "../../store/memory/store.ts";
import { memoryMailAliases } from "../aliases/memory.ts";
import { mailRouter } from "../router/router.ts";
import { mailSenderRewriting } from "../router/srs.ts";
import { consignmentOf, QueueOfTests } from "../testing/queue.test.kit.ts";
import { fullStore, scene } from "../testing/scene.test.kit.ts";
import { type LocalDeliveryOptions, localDelivery } from "./local.ts";

const mail = "Return-Path: <old@x.example>\r\nSubject: Hi\r\n\r\nFrom here\r\n>From there\r\n.\r\nEnd";

describe("localDelivery on this machine", () => {
  /** A queue and a way out of it, with aliases; `DIR` in them is a folder that is gone after the test. */
  async function place(context: TestContext, aliases: string, options: Partial<LocalDeliveryOptions> = {}) {
    const folder = await mkdtemp("/tmp/hawser-local-");
    context.after(() => rm(folder, { recursive: true, force: true }));
    const reactor = nodeReactor;
    const queue = new QueueOfTests(reactor.clock);
    const store = memoryMail(reactor);
    const table = memoryMailAliases(aliases.replaceAll("DIR", folder));
    const router = mailRouter({ domains: ["example.org"], hasUser: () => false, aliases: table });
    const parts = { reactor, name: "mx.example.org", router, store, queue: () => queue };
    const transport = localDelivery({ ...parts, ...options });
    const deliver = async (
      to: string,
      { from = "carol@far.example", content = mail } = {},
    ): Promise<MailTransportResult> => {
      queue.waiting = [];
      await queue.submit({ from, to: [{ address: to, orcpt: "rfc822;first@example.org" }], content });
      return (await queue.run(transport))[0]!;
    };
    return { folder, deliver, queue };
  }

  test("a program has the message on its input and the envelope in its environment, and nothing in its words", async (context) => {
    const alias = 'prog: "|cat > DIR/in; env > DIR/env; printf %s \\"$*\\" > DIR/words"\n';
    const { folder, deliver } = await place(context, alias);
    const from = '"$(touch${IFS}DIR)`x`;|&"@far.example'.replace("DIR", `${folder}/pwned`);
    assert.deepEqual(await deliver("Prog+A;b`c`@example.org", { from }), { outcome: "delivered" });
    assert.match(
      await readFile(`${folder}/in`, "utf8"),
      /^From "\$\(\S+ \w+ \w+ [^\n]+\nReturn-Path: <[^\n]+>\nDelivered-To: Prog\+A;b`c`@example.org\nReceived: by mx\.example\.org id Q1\n\tfor <[^\n]+\nSubject: Hi\n\nFrom here\n>From there\n\.\nEnd\n$/,
    );
    const environment = Object.fromEntries(
      (await readFile(`${folder}/env`, "utf8")).split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    const told = [
      "RECIPIENT",
      "ORIGINAL_RECIPIENT",
      "LOCAL",
      "DOMAIN",
      "USER",
      "LOGNAME",
      "EXTENSION",
      "SHELL",
      "PATH",
    ];
    assert.deepEqual(
      told.map((name) => environment[name]),
      [
        "Prog+A_b_c_@example.org",
        "first@example.org",
        "Prog+A_b_c_",
        "example.org",
        "prog",
        "prog",
        "A_b_c_",
        "/bin/sh",
        "/usr/local/bin:/usr/bin:/bin",
      ],
    );
    assert.doesNotMatch(environment["SENDER"], /[$`;|&"()]/);
    assert.equal(environment["HOME"], undefined, "nothing is inherited");
    assert.equal(await readFile(`${folder}/words`, "utf8"), "");
    await assert.rejects(stat(`${folder}/pwned`));
  });

  test("exit statuses are read as sysexits has them", async (context) => {
    const { deliver } = await place(
      context,
      [
        'full: "|echo no room >&2; exit 75"',
        'gone: "|exit 67"',
        'odd: "|echo one; echo two; exit 3"',
        'missing: "|/nowhere/program"',
        'deaf: "|exit 0"',
        'loud: "|yes | head -c 100000; exit 1"',
        'killed: "|kill -9 $$"',
      ].join("\n"),
    );
    const large = `Subject: x\r\n\r\n${"0123456789\r\n".repeat(100_000)}`;
    const of = async (name: string, content?: string) =>
      Object.values(await deliver(`${name}@example.org`, { content })).join(" ");
    assert.equal(await of("full"), "deferred 4.3.0 The program wants the message later: no room");
    assert.equal(await of("gone"), "failed 5.1.1 The program knows no such user");
    assert.equal(await of("odd"), "failed 5.3.0 The program ended with 3: one two");
    assert.match(await of("missing"), /^deferred 4\.3\.5 The program is not there: .*\/nowhere\/program/);
    assert.equal(await of("deaf", large), "delivered");
    assert.equal((await of("loud", large)).length, "failed 5.3.0 The program ended with 1: ".length + 999);
    assert.equal(await of("killed"), "deferred 4.3.0 The program was ended by SIGKILL");
  });

  test("a program that does not end is ended, with all that it has started", async (context) => {
    const clock = new ManualClock();
    const { folder, deliver } = await place(context, 'slow: "|sleep 100 & echo $! > DIR/pid; wait"\n', {
      reactor: { ...nodeReactor, clock },
    });
    const result = deliver("slow@example.org");
    const begun = () => readFile(`${folder}/pid`, "utf8").catch(() => "");
    while (!(await begun()).endsWith("\n")) await nodeReactor.clock.sleep(20);
    clock.advance(60_000);
    const text = "The program did not end within 60000 ms";
    assert.deepEqual(await result, { outcome: "deferred", status: "4.3.0", text });
    const pid = Number(await readFile(`${folder}/pid`, "utf8"));
    // Where nobody collects orphans, a dead one is left as a zombie.
    const left = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone");
    assert.match(left, /^gone$|\) Z /);
  });

  test("a file grows by one message each time, is an mbox, and nobody else's to read", async (context) => {
    const { folder, deliver } = await place(context, "file: DIR/mbox\nnull: /dev/null\nbad: DIR/no/mbox\ndir: DIR\n");
    for (const from of ["carol@far.example", ""])
      assert.deepEqual(await deliver("file@example.org", { from }), { outcome: "delivered" });
    const octets = await readFile(`${folder}/mbox`);
    const read = [];
    for await (const one of readMbox([octets])) read.push(one);
    assert.deepEqual(
      read.map(({ sender }) => sender),
      ["carol@far.example", "MAILER-DAEMON"],
    );
    assert.match(
      Buffer.from(read[0]!.content).toString(),
      /\r\nSubject: Hi\r\n\r\nFrom here\r\n>From there\r\n\.\r\nEnd\r\n$/,
    );
    assert.equal((await stat(`${folder}/mbox`)).mode & 0o777, 0o600);
    assert.deepEqual(await deliver("null@example.org"), { outcome: "delivered" });
    for (const name of ["bad", "dir"])
      assert.deepEqual(await deliver(`${name}@example.org`), {
        outcome: "failed",
        status: "5.3.5",
        text: "The file of the alias is none that could be written",
      });
  });

  test("a file stays as it was when a message cannot be written whole", async (context) => {
    const { folder, deliver, queue } = await place(context, "file: DIR/mbox\n");
    await writeFile(`${folder}/mbox`, "before\n");
    await deliver("file@example.org");
    const once = await readFile(`${folder}/mbox`, "utf8");
    assert.ok(once.startsWith("before\nFrom carol"));
    assert.deepEqual(queue.waiting, []);
  });

  test("programs and files are for those who want them", async (context) => {
    const { deliver } = await place(context, "prog: |true\nfile: DIR/x\n", { programs: false, files: false });
    for (const name of ["prog", "file"])
      assert.equal(((await deliver(`${name}@example.org`)) as { status: string }).status, "5.7.1");
  });
});

describe("localDelivery in a scene", () => {
  const from = "carol@far.example";

  test("what is sent on comes from its owner, from us, or from whom it came", () =>
    scene(
      {
        aliases: "out: dave@far.example, erin@far.example\nlist: frank@far.example\nowner-list: alice\n",
        local: {
          srs: mailSenderRewriting({
            domain: "example.org",
            secrets: ["a secret of ours"],
            clock: { wall: () => 0 } as never,
          }),
        },
      },
      async ({ queue, local }) => {
        const send = async (sender: string, to: string) => {
          await queue.submit({
            from: sender,
            to: [{ address: to, notify: ["SUCCESS", "FAILURE"] }],
            content: mail,
            envid: "1",
            ret: "HDRS",
          });
          assert.deepEqual(await queue.run(local), [{ outcome: to.startsWith("list") ? "delivered" : "passed" }]);
          return queue.waiting.splice(0).map(({ given, content }) => ({ ...given, content }));
        };
        const [out, ...others] = await send(from, "out@example.org");
        assert.deepEqual(others, []);
        assert.match(out!.from, /^SRS0=[A-Z2-7]{6}=AA=far\.example=carol@example\.org$/);
        const wishes = { notify: ["SUCCESS", "FAILURE"], orcpt: "rfc822;out@example.org" };
        assert.deepEqual(
          out!.to,
          ["dave@far.example", "erin@far.example"].map((address) => ({ address, ...wishes })),
        );
        assert.deepEqual([out!.envid, out!.ret], ["1", "HDRS"]);
        assert.match(out!.content, /^Delivered-To: out@example\.org\r\nSubject: Hi\r\n\r\nFrom here/);
        assert.equal((await send("bob@example.org", "out@example.org"))[0]!.from, "bob@example.org");
        assert.equal((await send("", "out@example.org"))[0]!.from, "");
        const [list] = await send(from, "list@example.org");
        assert.deepEqual(
          [list!.from, list!.to, list!.envid],
          ["owner-list@example.org", [{ address: "frank@far.example" }], undefined],
        );
      },
    ));

  test("who has a message does not get it again while others wait", () =>
    scene({ aliases: "both: alice, dave@far.example\n" }, async (one) => {
      const { queue, local } = one;
      await queue.submit({
        from,
        to: [{ address: "both@example.org" }, { address: "alice@example.org" }],
        content: mail,
      });
      queue.refuses = "full";
      const results = await queue.run(local);
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ["deferred", "delivered"],
      );
      assert.equal((await one.folder("alice@example.org")).length, 1);
      queue.refuses = undefined;
      assert.deepEqual(await queue.run(local), [{ outcome: "delivered" }]);
      assert.equal((await one.folder("alice@example.org")).length, 1);
      assert.equal(queue.waiting.length, 1);
    }));

  test("who is tried in two attempts at the same time gets it once", () =>
    scene({ aliases: "team: alice, bob\n" }, async (one) => {
      const { queue, local } = one;
      await queue.submit({
        from,
        to: [{ address: "alice@example.org" }, { address: "team@example.org" }],
        content: mail,
      });
      const whole = consignmentOf(queue.waiting[0]!);
      const apart = whole.recipients.map((recipient) => local.deliver({ ...whole, recipients: [recipient] }));
      assert.deepEqual((await Promise.all(apart)).flat(), [{ outcome: "delivered" }, { outcome: "delivered" }]);
      assert.equal((await one.folder("alice@example.org")).length, 1);
    }));

  test("what is sent on is not sent on again the next day, though its sender is called otherwise then", () => {
    let wall = 0;
    const clock = { wall: () => wall } as never;
    const srs = mailSenderRewriting({ domain: "example.org", secrets: ["a secret of ours"], clock });
    return scene(
      { aliases: "both: dave@far.example, full\n", local: { srs }, store: fullStore },
      async ({ queue, local }) => {
        await queue.submit({ from, to: [{ address: "both@example.org" }], content: mail });
        const consignment = consignmentOf(queue.waiting[0]!);
        for (const day of [0, 1, 2]) {
          wall = day * 86_400_000;
          assert.equal((await local.deliver(consignment))[0]!.outcome, "deferred");
        }
        assert.equal(queue.waiting.length, 2, "the message, and what was sent on of it");
      },
    );
  });

  test("a delivery that is given up is no fault", () =>
    scene({}, async ({ queue, local }) => {
      await queue.submit({ from, to: [{ address: "alice@example.org" }], content: mail });
      const signal = AbortSignal.abort(new Error("stopped"));
      const results = await local.deliver({ ...consignmentOf(queue.waiting[0]!), signal });
      assert.deepEqual(results, [{ outcome: "deferred", status: "4.3.2", text: "The delivery was given up for now" }]);
    }));

  test("a message that was here is sent back, and so is one for nobody", () =>
    scene({ aliases: "round: about\nabout: round\n" }, async ({ queue, local }) => {
      const of = async (to: string, content = mail) => {
        queue.waiting = [];
        await queue.submit({ from, to: [{ address: to }], content });
        return Object.values((await queue.run(local))[0]!).join(" ");
      };
      assert.match(
        await of("alice@example.org", `Delivered-To: <Alice@EXAMPLE.org>\r\n${mail}`),
        /^failed 5\.4\.6 .*delivered to this address before$/,
      );
      assert.equal(await of("alice@example.org", `Delivered-To: bob@example.org\r\n${mail}`), "delivered");
      assert.match(await of("alice@example.org", `${"Received: x\r\n".repeat(101)}${mail}`), /^failed 5\.4\.6 /);
      assert.match(await of("ghost@example.org"), /^failed 5\.1\.1 /);
      assert.match(await of("round@example.org"), /^failed 5\.4\.6 /);
      assert.match(await of("dave@far.example"), /^deferred 4\.3\.5 /);
      assert.match(await of("alice+Junk@example.org", "no header at all"), /^delivered/);
    }));
});
