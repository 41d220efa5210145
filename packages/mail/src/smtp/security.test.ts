import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Connection, type Transport } from "@hawser/core";
import { plainKeyPair, simulate, type World } from "@hawser/core/simulation";
import { playTranscript } from "@hawser/core/testing";
import { connectSmtp } from "./client.ts";
import { memorySmtpBackend } from "./memory.ts";
import { localDomains } from "./relaying.ts";
import { type SmtpServerOptions, smtpServer } from "./server.ts";
import { alicePortal } from "./testing/server.test.kit.ts";

/** Plays what a client says to a server without the words of EHLO; gives the messages that came of it. */
async function play(text: string, options: SmtpServerOptions = {}): Promise<readonly string[]> {
  const came: string[][] = [];
  const server = () => {
    const backend = memorySmtpBackend();
    came.push(backend.messages as never);
    return smtpServer(backend, { name: "foo.com", extensions: [], addReceived: false, ...options });
  };
  await playTranscript({ server }, text);
  const texts = came.map((messages) =>
    (messages as never as { content: Uint8Array }[]).map(({ content }) => Buffer.from(content).toString("latin1")),
  );
  for (const one of texts) assert.deepEqual(one, texts[0], "the same came of it, however it was cut");
  return texts[0]!;
}

const begun = `
  S: 220 foo.com ESMTP ready
  C: EHLO bar.com
  S: 250 foo.com
  C: MAIL FROM:<a@b.example>
  S: 250 2.1.0 Ok
  C: RCPT TO:<jones@foo.com>
  S: 250 2.1.5 Ok
  C: DATA
  S: 354 …`;

/** Everything that some server has taken for the end of a message, by the names that the tools for it use. */
const endings: Readonly<Record<string, string>> = {
  lflf: "\\n.\\n",
  crcr: "\\r.\\r",
  crlf: "\\r.\\n",
  lfcr: "\\n.\\r",
  lfcrlf: "\\n.\\r\\n",
  crlflf: "\\r\\n.\\n",
  crcrlf: "\\r.\\r\\n",
  crlfcr: "\\r\\n.\\r",
  "cr before the end": "\\r\\n.\\r\\r\\n",
  "cr before both": "\\r\\r\\n.\\r\\r\\n",
};

const harmless: Readonly<Record<string, string>> = {
  nullbefore: "\\r\\n\\x00.\\r\\n",
  nullafter: "\\r\\n.\\x00\\r\\n",
  "a space behind the dot": "\\r\\n. \\r\\n",
  "two dots": "\\r\\n..\\r\\n",
};

const evil = "MAIL FROM:<evil@b.example>\\r\\nRCPT TO:<jones@foo.com>\\r\\nDATA\\r\\nevil\\r\\n.\\r\\n";

describe("SMTP smuggling (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766)", () => {
  for (const [name, ending] of Object.entries(endings)) {
    test(`${name} ends the session, and nothing came`, async () => {
      const came = await play(`${begun}
        C| hello${ending}${evil}
        S: 554 5.5.2 CR and LF must stand together
        S: (closes)`);
      assert.deepEqual(came, []);
    });

    test(`${name} does not end a message where line endings are made good`, async () => {
      const text = `${begun}
        C| hello${ending}${evil}
        S: 250 2.0.0 …`;
      const [message, ...others] = await play(text, { lineEndings: "normalize" });
      assert.deepEqual(others, []);
      assert.match(message!, /^hello[\s\S]*evil\r\n$/);
      assert.doesNotMatch(message!, /(?<!\r)\n|\r(?!\n)/);
    });

    test(`${name} in a chunk is refused too, for who passes it on with DATA`, async () => {
      const octets = `hello${ending}x`.replace(/\\[rn]/g, "x").length;
      const came = await play(
        `${begun.replace(/C: DATA[\s\S]*/, "").replace("S: 250 foo.com", "S: 250-foo.com\nS: 250 CHUNKING")}
        C| BDAT ${octets} LAST\\r\\nhello${ending}x
        S: 554 5.5.2 CR and LF must stand together
        S: (closes)`,
        { extensions: [(await import("./extensions/chunking.ts")).chunkingExtension] },
      );
      assert.deepEqual(came, []);
    });
  }

  for (const [name, ending] of Object.entries(harmless))
    test(`${name} is content like any other`, async () => {
      const came = await play(`${begun}
        C| hello${ending}${evil}
        S: 250 2.0.0 …`);
      assert.equal(came.length, 1);
      assert.match(came[0]!, /evil\r\n$/);
    });

  test("a bare line ending in a command is no command", async () => {
    for (const line of ["NOOP\\n", "NOOP\\r\\r\\n", "NO\\rOP\\r\\n"])
      await play(`S: 220 foo.com ESMTP ready\nC| ${line}\nS: 554 5.5.2 …\nS: (closes)`);
    await play("S: 220 foo.com ESMTP ready\nC| NOOP\\n\nS: 250 2.0.0 Ok", { lineEndings: "normalize" });
  });

  test("our client never sends a CR or LF that stands alone, nor a dot that could end the message", () =>
    simulate({ seed: 1 }, async (world) => {
      const backend = memorySmtpBackend();
      await world.listen("tcp:25", smtpServer(backend, { addReceived: false }));
      await using client = await connectSmtp("tcp:home:25", { reactor: world.reactor });
      const all = [...Object.values(endings), ...Object.values(harmless)].map((text) =>
        text.replace(/\\r/g, "\r").replace(/\\n/g, "\n").replace(/\\x00/g, "\0"),
      );
      for (const ending of all) {
        const pieces = [...`hello${ending}MAIL FROM:<evil@b.example>`].map((octet) => Buffer.from(octet));
        await client.send({ from: "", to: "a@foo.com", content: pieces });
      }
      assert.equal(backend.messages.length, all.length);
    }));
});

describe("pipelining before its time (RFC 2920 §3.1)", () => {
  const hello = "S: 220 foo.com ESMTP ready\nC: EHLO bar.com\nS: 250 foo.com";

  test("a client that talks before the greeting is sent away", () =>
    simulate({ seed: 1 }, async (world) => {
      const backend = { ...memorySmtpBackend(), connected: () => world.clock.sleep(1_000).then(() => undefined) };
      await world.listen("tcp:25", smtpServer(backend));
      assert.match(await talk(world, "EHLO early.example\r\n"), /^554 5\.5\.0 You said more/);
    }));

  test("what is decided of such a client when it has been sent away is not said, nor a fault", () =>
    simulate({ seed: 1 }, async (world) => {
      const backend = { ...memorySmtpBackend(), connected: () => world.clock.sleep(1_000).then(() => undefined) };
      await world.listen("tcp:25", smtpServer(backend));
      const client = new Connection(await world.connect("tcp:home:25"));
      client.transport.start(client.receiver);
      client.write("EHLO early.example\r\n");
      assert.match(await client.readLine(), /^554 /);
      await world.clock.sleep(1_500); // within the time that a client has to close its side
      assert.equal(await client.isAtEnd(), true);
      client.end();
    }));

  for (const group of ["EHLO x\\r\\nNOOP\\r\\n", "NOOP\\r\\nNOOP\\r\\n", "VRFY x\\r\\nNOOP\\r\\n"])
    test(`nothing may follow ${group.slice(0, 4)} in a group`, () => {
      const text = `${hello}\nC| ${group}\nS: 554 5.5.0 …\nS: (closes)`;
      return simulate({ seed: 1 }, (world) => whole(world, text));
    });

  test("what comes behind DATA before the server has asked for it is refused", () => {
    const text = `${begun.replace(/C: DATA[\s\S]*/, "")}\nC| DATA\\r\\nhello\\r\\n.\\r\\n${evil}\nS: 554 5.5.0 …\nS: (closes)`;
    return simulate({ seed: 1 }, (world) => whole(world, text));
  });

  test("HELO has no pipelining, but for the last goodbye", () => {
    const text =
      "S: 220 foo.com ESMTP ready\nC: HELO bar.com\nS: 250 foo.com\nC| MAIL FROM:<>\\r\\nRCPT TO:<a@foo.com>\\r\\n\nS: 554 5.5.0 …\nS: (closes)";
    return simulate({ seed: 1 }, (world) => whole(world, text));
  });

  test("it is forgiven where the server says so", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", smtpServer(memorySmtpBackend(), { allowEarlyPipelining: true }));
      const said = "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@foo.com>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n";
      assert.match(await talk(world, said), /354 [^\n]*\n250 [^\n]*\n221 /);
    }));

  /** A transcript against a server in a world of its own, its lines uncut. */
  async function whole(world: World, text: string): Promise<void> {
    await world.listen("tcp:25", smtpServer(memorySmtpBackend(), { name: "foo.com", extensions: [] }));
    const lines = text.split("\n").map((line) => line.trim());
    const said = lines
      .filter((line) => line.startsWith("C"))
      .map((line) => (line[1] === "|" ? line.slice(3) : `${line.slice(3)}\\r\\n`));
    const expected = lines
      .filter((line) => line.startsWith("S: ") && line !== "S: (closes)")
      .at(-1)!
      .slice(3, 12);
    const heard = await talkInTurns(
      world,
      said.map((one) => one.replace(/\\r/g, "\r").replace(/\\n/g, "\n")),
    );
    assert.equal(heard.trimEnd().split("\r\n").at(-1)!.slice(0, 9), expected);
  }
});

describe("command injection behind STARTTLS (CVE-2011-0411, CVE-2021-33515)", () => {
  const tls = { keyPair: () => plainKeyPair("home") };

  test("what comes behind STARTTLS in clear ends the session before TLS begins", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", smtpServer(memorySmtpBackend(), { tls }));
      const heard = await talkInTurns(world, ["EHLO x\r\n", "STARTTLS\r\nRSET\r\nMAIL FROM:<evil@b.example>\r\n"]);
      assert.match(heard, /\r\n554 5\.5\.0 You said more than you may before my answer\r\n$/);
    }));

  test("what comes in one octet behind it does, too", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", smtpServer(memorySmtpBackend(), { tls, allowEarlyPipelining: true }));
      const heard = await talkInTurns(world, ["EHLO x\r\n", "STARTTLS\r\nR"]);
      assert.match(heard, /\r\n554 5\.5\.0 /);
    }));

  test("STARTTLS is refused within TLS, with an argument, and where there is none", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", smtpServer(memorySmtpBackend(), { tls }));
      await world.listen("tcp:26", smtpServer(memorySmtpBackend()));
      assert.match(await talkInTurns(world, ["EHLO x\r\n", "STARTTLS now\r\n", "QUIT\r\n"]), /\r\n501 5\.5\.4 /);
      assert.match(await talkInTurns(world, ["EHLO x\r\n", "STARTTLS\r\n", "QUIT\r\n"], 26), /\r\n500 5\.5\.2 /);
      const transport = await world.connect("tcp:home:25");
      const said = new Said(world, transport);
      await said.hear();
      await said.say("EHLO x\r\n");
      await said.say("STARTTLS\r\n");
      await transport.startTls({ side: "client", serverName: "home" });
      assert.match(await said.say("MAIL FROM:<>\r\n"), /^503 5\.5\.1 Say EHLO first/);
      assert.doesNotMatch(await said.say("EHLO x\r\n"), /STARTTLS/);
      assert.match(await said.say("STARTTLS\r\n"), /^50[03] /);
      transport.abort();
    }));

  test("response injection: our client trusts nothing that came in clear behind the yes (CVE-2021-38371)", () =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("tcp:25", {
        accept(transport: Transport) {
          transport.write("220 home\r\n");
          return {
            data: (chunk: Uint8Array) =>
              transport.write(
                Buffer.from(chunk).toString().startsWith("EHLO")
                  ? "250-home\r\n250 STARTTLS\r\n"
                  : "220 go\r\n250-home\r\n250 AUTH PLAIN\r\n",
              ),
            end: () => transport.end(),
            closed() {},
          };
        },
      });
      await assert.rejects(connectSmtp("tcp:home:25", { reactor: world.reactor }), { code: "bad-reply" });
    }));
});

describe("what else a mail server is tried with", () => {
  test("a browser that is made to speak to it is sent away at its first word (ALPACA, CVE-2021-31971)", async () => {
    await play("S: 220 foo.com ESMTP ready\nC: POST / HTTP/1.1\nS: 554 5.5.1 …\nS: (closes)");
  });

  test("nothing that is given to our client begins a command of its own (GHSA-c7w3-x93f-qmm8)", () =>
    simulate({ seed: 1 }, async (world) => {
      const backend = memorySmtpBackend();
      await world.listen("tcp:25", smtpServer(backend));
      await using client = await connectSmtp("tcp:home:25", { reactor: world.reactor });
      const good = { from: "a@foo.com", to: "b@foo.com", content: "" };
      const injected = "x\r\nRCPT TO:<evil@foo.com>";
      for (const bad of [
        { ...good, from: `a@foo.com>\r\nRCPT TO:<evil@foo.com` },
        { ...good, to: [`b@foo.com> NOTIFY=NEVER`] },
        { ...good, to: [{ address: "b@foo.com", notify: [injected as "DELAY"] }] },
        { ...good, ret: injected as "FULL" },
        { ...good, to: [{ address: "b@foo.com", orcpt: `x\r\n;${injected}` }], body: injected as "7BIT" },
        { ...good, size: injected as unknown as number },
        { ...good, envid: injected },
      ])
        await assert.rejects(client.send(bad));
      await client.send(good);
      assert.deepEqual(
        backend.messages.map(({ envelope }) => envelope.to.map(({ address }) => address)),
        [["b@foo.com"]],
      );
    }));

  test("XCLIENT is for trusted peers alone, and a client behind one is no longer on this machine", () =>
    simulate({ seed: 1 }, async (world) => {
      const peers: string[] = [];
      const backend = {
        ...memorySmtpBackend(),
        sender: (_: unknown, session: { peer: { host?: string } }) => void peers.push(session.peer.host ?? ""),
      };
      const portal = alicePortal(world.reactor);
      await world.listen(
        "tcp:25",
        smtpServer(backend as never, { portal, xclientFrom: ["127.0.0.0/8", "10.0.0.0/8"] }),
      );
      await world.listen("tcp:26", smtpServer(backend as never, { portal }));
      const heard = await talkInTurns(world, [
        "EHLO x\r\n",
        "XCLIENT ADDR=203.0.113.9 NAME=client.example PORT=1\r\n",
        "EHLO y\r\n",
        "MAIL FROM:<>\r\n",
        "QUIT\r\n",
      ]);
      assert.match(heard, /XCLIENT NAME ADDR/);
      assert.match(heard, /\r\n220 localhost ESMTP ready\r\n250-localhost/);
      assert.deepEqual(peers, ["203.0.113.9"]);
      assert.match(
        await talkInTurns(world, ["EHLO x\r\n", "XCLIENT ADDR=203.0.113.9\r\n", "QUIT\r\n"], 26),
        /\r\n500 5\.5\.2 /,
      );
    }));
});

describe("localDomains is no open relay", () => {
  const local = { relay: false, from: "<spam@far.example>" };
  /** Sender and recipient, and what becomes of it without and with a login. */
  const rows: readonly (readonly [name: string, from: string, to: string, without: number, logged: number])[] = [
    ["a local recipient", local.from, "<jones@foo.com>", 250, 250],
    ["1 far to far", local.from, "<victim@far.example>", 550, 250],
    ["2 a sender who says to be local", "<jones@foo.com>", "<victim@far.example>", 550, 250],
    ["3 a sender at localhost", "<spam@localhost>", "<victim@far.example>", 550, 250],
    ["4 a sender without a domain", "<spam>", "<victim@far.example>", 501, 501],
    ["5 the null sender", "<>", "<victim@far.example>", 550, 250],
    ["6 a sender at our address", "<spam@[127.0.0.1]>", "<victim@far.example>", 550, 250],
    ["7 percent", local.from, "<victim%far.example@foo.com>", 550, 550],
    ["8 percent at our address", local.from, "<victim%far.example@[127.0.0.1]>", 550, 250],
    ["9 quoted without a domain", local.from, '<"victim@far.example">', 501, 501],
    ["10 quoted percent without a domain", local.from, '<"victim%far.example">', 501, 501],
    ["11 two ats", local.from, "<victim@far.example@foo.com>", 501, 501],
    ["12 quoted at", local.from, '<"victim@far.example"@foo.com>', 550, 550],
    ["13 two ats at our address", local.from, "<victim@far.example@[127.0.0.1]>", 501, 501],
    ["14 a source route", local.from, "<@foo.com:victim@far.example>", 550, 250],
    ["15 a source route by our address", local.from, "<@[127.0.0.1]:victim@far.example>", 501, 501],
    ["16 a bang path", local.from, "<far.example!victim>", 501, 501],
    ["17 a bang path at our name", local.from, "<far.example!victim@foo.com>", 550, 550],
    ["another case of our name", local.from, "<jones@FOO.com>", 250, 250],
    ["a domain that ends as ours", local.from, "<victim@notfoo.com>", 550, 250],
  ];

  for (const [name, from, to, without, logged] of rows)
    test(name, () =>
      simulate({ seed: 1 }, async (world) => {
        const backend = memorySmtpBackend({ recipient: localDomains(["foo.com"]) });
        const sasl = { allowPlainText: true };
        await world.listen("tcp:25", smtpServer(backend, { portal: alicePortal(world.reactor), sasl }));
        const envelope = [`MAIL FROM:${from}\r\n`, `RCPT TO:${to}\r\n`, "QUIT\r\n"];
        const auth = "AUTH PLAIN AGFsaWNlQGZvby5jb20Ad29uZGVybGFuZA==\r\n";
        assert.equal(answerOf(await talkInTurns(world, ["EHLO x\r\n", ...envelope])), without);
        assert.equal(answerOf(await talkInTurns(world, ["EHLO x\r\n", auth, ...envelope])), logged);
      }),
    );

  /** The first no to the envelope, else the yes to its recipient. */
  function answerOf(heard: string): number {
    const codes = heard
      .trim()
      .split("\r\n")
      .map((line) => Number(line.slice(0, 3)));
    return codes.find((code) => code >= 500) ?? codes.at(-2)!;
  }
});

/** A client that says what it is told, and hears what comes. */
class Said {
  readonly #world: World;
  readonly transport: Transport;
  #heard = "";

  constructor(world: World, transport: Transport) {
    this.#world = world;
    this.transport = transport;
    transport.start({
      data: (chunk) => {
        this.#heard += Buffer.from(chunk).toString();
      },
      end: () => transport.end(),
      closed() {},
    });
  }

  async say(text: string): Promise<string> {
    this.transport.write(text);
    return this.hear();
  }

  async hear(): Promise<string> {
    await this.#world.clock.sleep(5_000);
    const heard = this.#heard;
    this.#heard = "";
    return heard;
  }
}

/** Says one thing after the other, each when the last was answered; gives all that was heard. */
async function talkInTurns(world: World, lines: readonly string[], port = 25): Promise<string> {
  const said = new Said(world, await world.connect(`tcp:home:${port}`));
  let heard = await said.hear();
  for (const line of lines) heard += await said.say(line);
  said.transport.abort();
  return heard;
}

/** Says everything at once. */
async function talk(world: World, text: string): Promise<string> {
  const said = new Said(world, await world.connect("tcp:home:25"));
  const heard = await said.say(text);
  said.transport.abort();
  return heard;
}
