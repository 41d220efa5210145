import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CommandContext, listen, type Service } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { connectImap } from "../imap/client/connect.ts";
import { connectPop3 } from "../pop3/connect.ts";
import { generateDkimKey } from "../sender/dkim/keys.ts";
import { connectSmtp } from "../smtp/client.ts";
import { memorySmtpBackend } from "../smtp/memory.ts";
import { type SendMailOptions, sendMail } from "../smtp/send-mail.ts";
import { smtpServer } from "../smtp/server.ts";
import { givenMail } from "./given.test.kit.ts";
import { mailCommand } from "./mail-command.ts";
import type { MailCommandValues } from "./options.ts";

const alice = { user: "alice@example.org", password: "wonderland" };
const bob = { user: "bob@example.org", password: "builder" };

/** A server in memory, and what it has said. */
class Served implements AsyncDisposable {
  readonly reactor = memoryReactor();
  readonly lines: string[] = [];
  readonly logged: string[] = [];
  service!: Service;
  begin: () => void | Promise<void> = () => {};

  /** @param isHeld the server may listen, and not yet begin */
  async start(given: Partial<MailCommandValues> = {}, isHeld = false): Promise<this> {
    const { reactor } = this;
    const context: CommandContext = {
      reactor,
      print: (line) => void this.lines.push(line),
      openLog: async () => ({ write: (line) => void this.logged.push(line), close: async () => {} }),
      listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
      users: ["memory:alice:wonderland:bob@example.org:builder"],
      ...(isHeld && {
        whenServing: (run) => {
          this.begin = run;
        },
      }),
    };
    this.service = await mailCommand.start(givenMail({ noSenderChecks: true, ...given }), context);
    return this;
  }

  send(subject: string, to: string, options: Partial<SendMailOptions> = {}) {
    const [from, via] = options.login === undefined ? ["x@far.example", 2525] : [options.login.user!, 2587];
    const { reactor } = this;
    return sendMail({ from, to, subject, text: "Hello" }, { via: `tcp:127.0.0.1:${via}`, reactor, ...options });
  }

  async inbox(login: typeof alice): Promise<readonly string[]> {
    const { reactor } = this;
    await using mail = await connectImap("tcp:127.0.0.1:1143", { login, reactor });
    await using folder = await mail.select("INBOX");
    const subjects: string[] = [];
    if (folder.exists > 0)
      for await (const { envelope } of folder.fetch("1:*", ["envelope"])) subjects.push(envelope.subject ?? "");
    return subjects;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.stop();
  }
}

describe("the service of hawser mail", () => {
  test("stands on the users of the application, who may be called without the domain", async () => {
    await using served = await new Served().start({ domainAlias: [["example.net", "example.org"]] });
    assert.deepEqual(served.lines, [
      "listening on smtp://127.0.0.1:2525",
      "listening on submission://127.0.0.1:2587",
      "listening on pop3://127.0.0.1:1110",
      "listening on imap://127.0.0.1:1143",
    ]);
    await served.send("one", "Alice@Example.net");
    await served.send("two", "bob@example.org", { login: alice });
    assert.deepEqual(await served.inbox(alice), ["one"]);
    assert.deepEqual(await served.inbox(bob), ["two"]);
    const { reactor } = served;
    await using pop3 = await connectPop3("tcp:127.0.0.1:1110", { login: bob, reactor });
    assert.equal((await pop3.list()).length, 1);
  });

  test("takes for its domains alone from who has not logged in, and nothing for others where it is bound to them", async () => {
    await using open = await new Served().start();
    await assert.rejects(open.send("relay", "x@other.example"), /5\.7\.1/);
    await using bound = await new Served().start({ localOnly: true, postmaster: "bob@example.org" });
    await assert.rejects(
      bound.send("relay", "x@other.example", { login: alice }),
      /550 5\.7\.1 This server sends nothing/,
    );
    await bound.send("here", "Postmaster@example.org", { login: alice });
    assert.deepEqual(await bound.inbox(bob), ["here"]);
    assert.equal(bound.lines.at(0), "nothing is sent elsewhere: mail for other domains is refused");
  });

  test("sends back what an alias leads elsewhere, where nothing is sent", async () => {
    const served = new Served();
    await served.reactor.files("").writeFile("aliases", "far: x@other.example\n");
    await using _ = await served.start({ localOnly: true, aliases: ["aliases"], log: "-" });
    await served.send("away", "far@example.org", { login: alice });
    for (let turns = 0; (await served.inbox(alice)).length === 0; turns++) assert.ok(turns < 1_000);
    assert.match((await served.inbox(alice))[0]!, /undeliver|not.*deliver|fail/i);
    assert.ok(
      served.logged.some((line) => / failed <x@other\.example> nowhere /.test(line)),
      served.logged.join(""),
    );
  });

  test("writes nothing before it may, and lets those wait who bring something", async () => {
    const served = await new Served().start({}, true);
    const sent = served.send("early", "bob@example.org");
    const read = served.inbox(bob);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    assert.deepEqual(await served.reactor.files("").list(""), []);
    await served.begin();
    await sent;
    await read;
    assert.deepEqual(await served.inbox(bob), ["early"]);
    assert.deepEqual(
      (await served.reactor.files("").list("")).map(({ name }) => name),
      ["mail", "mail-queue"],
    );
    await served[Symbol.asyncDispose]();
  });

  test("puts off strangers, and remembers them in the folder of the queue", async () => {
    const served = new Served();
    await using _ = await served.start({ greylist: true, relayFrom: ["127.0.0.0/8"] });
    await served.send("near", "bob@example.org");
    assert.deepEqual(await served.inbox(bob), ["near"]);
    await served.send("relayed without a login", "alice@example.org");
  });

  test("limits what one user sends in an hour, and whom one message is for", async () => {
    await using served = await new Served().start({ userRecipientsHourly: 2 });
    await served.send("one", "bob@example.org", { login: alice });
    await served.send("two", "bob@example.org", { login: alice });
    await assert.rejects(served.send("three", "bob@example.org", { login: alice }), /450 /);
    await served.send("from elsewhere", "bob@example.org");
  });

  test("delivers for another server by LMTP, and takes no mail for others there", async () => {
    const served = new Served();
    await using _ = await served.start({ lmtp: ["unix:/run/lmtp"], imap: ["tcp:1143:interface=127.0.0.1"], log: "-" });
    const { reactor } = served;
    await using client = await connectSmtp("unix:/run/lmtp", { kind: "lmtp", reactor });
    const to = ["bob@example.org", "nobody@example.org", "x@far.example"];
    const result = await client.send({ from: "y@far.example", to, content: "Subject: by LMTP\r\n\r\nHello\r\n" });
    assert.deepEqual(
      result.accepted.map(({ address }) => address),
      ["bob@example.org"],
    );
    assert.deepEqual(await served.inbox(bob), ["by LMTP"]);
    assert.deepEqual(
      served.logged.map((line) => line.split(" ").slice(2, 5).join(" ")),
      ["refused <nobody@example.org> from", "refused <x@far.example> from", "taken <y@far.example> <bob@example.org>"],
    );
  });

  test("gives what is for elsewhere to a smart host, signed", async () => {
    const served = new Served();
    const { reactor } = served;
    const far = memorySmtpBackend();
    const relay = await listen("tcp:587", smtpServer(far), { reactor });
    await reactor.files("").writeFile("dkim.pem", generateDkimKey("ed25519"));
    await using _ = await served.start({ relay: "tcp:127.0.0.1:587", dkim: [["e", "dkim.pem"]] });
    const came = far.nextMessage();
    await served.send("far", "x@far.example", { login: alice });
    const { envelope, content } = await came;
    assert.equal(envelope.to[0]?.address, "x@far.example");
    assert.match(Buffer.from(content).toString(), /^DKIM-Signature: v=1; a=ed25519-sha256; .*d=example\.org;\s+s=e;/m);
    await relay.stop({ graceMs: 0 });
  });

  test("lets what is on its way out arrive before it stops", async () => {
    const served = new Served();
    const { reactor } = served;
    let accept = () => {};
    const accepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const far = memorySmtpBackend();
    const relay = await listen(
      "tcp:587",
      smtpServer({
        ...far,
        message: async (...facts) => {
          await far.message(...facts);
          await accepted;
        },
      }),
      { reactor },
    );
    await served.start({ relay: "tcp:127.0.0.1:587" });
    const came = far.nextMessage();
    await served.send("far", "x@far.example", { login: alice });
    await came;
    let isStopped = false;
    const stopping = served.service.stop().then(() => {
      isStopped = true;
    });
    for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
    assert.ok(!isStopped);
    await assert.rejects(connectSmtp("tcp:127.0.0.1:2525", { reactor }), "nobody is let in any more");
    accept();
    await stopping;
    assert.deepEqual(await reactor.files("mail-queue").list("mail"), [], "nothing waits for the next start");
    await relay.stop({ graceMs: 0 });
  });

  test("keeps to its limits", async () => {
    await using served = await new Served().start({ maxSize: 10_000, connectionsPerPeer: 1 });
    const { reactor } = served;
    const first = await connectSmtp("tcp:127.0.0.1:2525", { reactor });
    assert.equal(first.extensions.get("SIZE"), "10000");
    await assert.rejects(connectSmtp("tcp:127.0.0.1:2525", { reactor }));
    const large = { from: "x@far.example", to: ["bob@example.org"], content: "x".repeat(20_000) };
    await assert.rejects(first.send(large), /the server takes 10000/);
    await first.quit();
  });

  test("tells its log what was taken from whom, and what was refused", async () => {
    await using served = await new Served().start({ log: "-" });
    await served.send("one", "bob@example.org", { login: alice });
    await assert.rejects(served.send("two", "nobody@example.org"));
    const [taken = "", refused = ""] = served.logged;
    assert.match(
      taken,
      /^\S+Z \S+ taken <alice@example\.org> <bob@example\.org> \d+ octets from \S+ as alice@example\.org\n$/,
    );
    assert.match(refused, /^\S+Z \S+ refused <nobody@example\.org> from \S+ 550 5\.1\.1 No such user\n$/);
  });

  test("says where nobody can log in, and lets go of everything when it cannot listen", async () => {
    await using served = await new Served().start({ imap: ["tcp:1143"], smtp: ["tcp:25"] });
    assert.deepEqual(served.lines, [
      "listening on smtp://[::]:25",
      "listening on imap://[::]:1143",
      "nobody can log in there from elsewhere: passwords need TLS, and so --tls-cert",
    ]);
    const { reactor } = served;
    const context = { reactor, print: () => {}, openLog: assert.fail, users: ["memory:a:b"] };
    const taken = { ...context, listen: (endpoint: string, factory: never) => listen(endpoint, factory, { reactor }) };
    await assert.rejects(mailCommand.start(givenMail({ pop3: ["tcp:110"], imap: ["tcp:1143"] }), taken), /in use/);
    await listen("tcp:110", { accept: () => undefined }, { reactor }).then((free) => free.stop());
  });
});
