import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError, type Random } from "@hawser/core";
import { simulation } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { smtpExtensions } from "./extensions/index.ts";
import { smtpClientLimits, smtpServerLimits } from "./limits.ts";
import { SmtpClientMachine } from "./machine/client.ts";
import { SmtpServerMachine } from "./machine/server.ts";

const words = [
  "EHLO a\r\n",
  "HELO a\r\n",
  "MAIL FROM:<a@b.example>\r\n",
  "MAIL FROM:<> BODY=BINARYMIME SIZE=5\r\n",
  "RCPT TO:<a@b.example>\r\n",
  "DATA\r\n",
  "hello\r\n.\r\n",
  ".\r\n",
  "..\r\n",
  "BDAT 3\r\nabc",
  "BDAT 3 LAST\r\nabc",
  "RSET\r\n",
  "NOOP\r\n",
  "AUTH PLAIN\r\n",
  "AUTH PLAIN AGEAYg==\r\n",
  "AGEAYg==\r\n",
  "*\r\n",
  "STARTTLS\r\n",
  "XCLIENT ADDR=1.2.3.4\r\n",
  "VRFY a\r\n",
];

const nasty = [
  "\r\n",
  "\r",
  "\n",
  ".",
  "\0",
  "abc",
  "BDAT 3\r\n",
  "QUIT\r\n",
  "GET / HTTP/1.1\r\n",
  "\xff\xfe",
  "x".repeat(3_000),
];

const typical = [0, 2, 4, 5, 6, 3, 4, 9, 10].map((at) => words[at]!);

/** Mostly what belongs here, often something else, seldom what belongs nowhere. */
function wordFor(random: Random, turn: number): string {
  const kind = random.number();
  if (kind < 0.6) return typical[turn % typical.length]!;
  const from = kind < 0.98 ? words : nasty;
  return from[random.integer(0, from.length)]!;
}

/** Feeds a machine with mutated conversations; every event is answered, rightly or wrongly. */
function feedServer(random: Random, seen: () => void): void {
  let now = 0;
  const limits = { ...smtpServerLimits, messageOctetsMax: 1_000, errorsMax: 1_000 };
  const options = {
    kind: random.number() < 0.5 ? "smtp" : "lmtp",
    name: "x",
    limits,
    extensions: smtpExtensions,
    allowEarlyPipelining: random.number() < 0.5,
  } as const;
  const lineEndings = random.number() < 0.5 ? "refuse" : "normalize";
  const machine = new SmtpServerMachine({ ...options, lineEndings }, { now: () => now });
  const facts = {
    isSecure: false,
    hasTls: true,
    mechanisms: ["PLAIN"],
    isProxy: true,
    needsLogin: false,
    needsTls: false,
  };
  machine.send({ type: "greet", facts });
  let recipients = 0;
  const no = { type: "refuse", reply: { code: 550, lines: ["no"] } } as const;
  for (let chunks = 0; chunks < 60; chunks++) {
    machine.receive(Buffer.from(wordFor(random, chunks), "latin1"));
    now += random.integer(0, 1_000);
    for (let event = machine.next(); event !== undefined; event = machine.next()) {
      seen();
      const isYes = random.number() < 0.8;
      if (event.type === "mail") recipients = 0;
      if (event.type === "recipient" && isYes) recipients++;
      if (event.type === "close" || event.type === "abort") return;
      if (event.type === "content-end")
        machine.send({
          type: "received",
          replies: Array.from({ length: Math.max(1, recipients) }, () => ({ code: 250, lines: ["ok"] })),
        });
      else if (event.type === "auth" || event.type === "auth-response")
        machine.send(isYes ? { type: "challenge", data: Buffer.from("x") } : no);
      else if (event.type === "starttls") machine.send({ type: "secured", facts: { ...facts, isSecure: true } });
      else if (event.type === "xclient") machine.send(isYes ? { type: "replaced", facts } : no);
      else if (event.type !== "content" && event.type !== "reset" && event.type !== "auth-cancel")
        machine.send(isYes ? { type: "accept" } : no);
    }
    for (let said = machine.takeOutput(); said !== undefined; said = machine.takeOutput())
      for (const line of String(said).trimEnd().split("\r\n")) assert.match(line, /^[2-5]\d\d[ -]/);
  }
  machine.end();
  machine.next();
}

function feedClient(random: Random): void {
  const replies = [
    "220 x\r\n",
    "250 ok\r\n",
    "250-a\r\n",
    "354 go\r\n",
    "421 bye\r\n",
    "550 5.1.1 no\r\n",
    "235 in\r\n",
    "334 \r\n",
    "\r\n",
    "xyz\r\n",
    "250",
    "\r",
    "\n",
    "\xff",
    "250 \0\r\n",
    "y".repeat(30_000),
  ];
  const machine = new SmtpClientMachine({ limits: smtpClientLimits, now: () => 0 });
  const commands = ["EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"];
  for (let chunks = 0; chunks < 40; chunks++) {
    machine.receive(Buffer.from(replies[random.integer(0, replies.length)]!, "latin1"));
    while (machine.next() !== undefined);
    try {
      machine.send({ type: "command", verb: commands[random.integer(0, commands.length)]! });
      if (random.number() < 0.3) machine.send({ type: "content-end", chunk: Buffer.from("x\r\n.\r\n"), replies: 1 });
    } catch (error) {
      assert.equal((error as Error).name, "StateError");
    }
  }
}

test("whatever comes, a machine gives events or a ProtocolError, and says nothing but replies", async (context) => {
  let events = 0;
  let faults = 0;
  for (const seed of seeds({ count: 2_000, soakCount: 100_000 })) {
    const { random } = simulation({ seed });
    for (const feed of [() => feedServer(random, () => events++), () => feedClient(random)])
      try {
        feed();
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw new Error(`HAWSER_SEED=${seed}`, { cause: error });
        faults++;
      }
  }
  context.diagnostic(`${events} events, ${faults} faults`);
  assert.ok(events > 10_000 && faults > 100);
});

test("work grows as what comes: a message of a megabyte octet by octet", () => {
  const machine = new SmtpServerMachine(
    {
      kind: "smtp",
      name: "x",
      limits: smtpServerLimits,
      extensions: smtpExtensions,
      lineEndings: "refuse",
      allowEarlyPipelining: false,
    },
    { now: () => 0 },
  );
  machine.send({
    type: "greet",
    facts: { isSecure: false, hasTls: false, mechanisms: [], isProxy: false, needsLogin: false, needsTls: false },
  });
  let octets = 0;
  const say = (text: string) => {
    for (const octet of Buffer.from(text)) {
      machine.receive(Uint8Array.of(octet));
      for (let event = machine.next(); event !== undefined; event = machine.next())
        if (event.type === "content") octets += event.chunk.length;
        else if (event.type === "content-end")
          machine.send({ type: "received", replies: [{ code: 250, lines: ["ok"] }] });
        else machine.send({ type: "accept" });
    }
  };
  say("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n");
  const before = process.cpuUsage().user;
  say(`${"x".repeat(498)}\r\n`.repeat(2_000));
  say(".\r\n");
  assert.equal(octets, 1_000_000);
  assert.ok(process.cpuUsage().user - before < 5_000_000, "a megabyte takes less than five seconds");
});
