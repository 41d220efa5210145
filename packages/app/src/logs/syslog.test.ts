import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, connection, ipAddress, listen } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { syslogLog } from "./syslog.ts";
import { formatSyslog, frameSyslog, syslogText } from "./syslog-format.ts";

const origin = { host: "box", program: "hawser", pid: 71 };
const wallMs = Date.UTC(2026, 10, 26, 12, 3, 4, 123);
const record = (level: number, msg: string) => `${JSON.stringify({ level, time: wallMs, msg })}\n`;

test("a message has its severity, its origin and its text (RFC 5424 §6)", () => {
  const text = Buffer.from(formatSyslog(origin, "warn", wallMs, "hé\n")).toString();
  assert.equal(text, "<28>1 2026-11-26T12:03:04.123Z box hawser 71 - - hé");
  const strange = Buffer.from(formatSyslog({ host: "", program: "a b\n", pid: 1 }, "fatal", wallMs, "x")).toString();
  assert.equal(strange, "<26>1 2026-11-26T12:03:04.123Z - ab 1 - - x");
});

test("it is cut between characters, at what every receiver takes", () => {
  const octets = formatSyslog(origin, "info", wallMs, "é".repeat(2_000));
  assert.ok(octets.length === 2_047 || octets.length === 2_048);
  assert.doesNotThrow(() => new TextDecoder("utf-8", { fatal: true }).decode(octets));
});

test("several lines are one, and control none of the receiver's", () => {
  assert.equal(syslogText("Error\n    at x\n\x1b[2J\n"), "Error | at x | \\x1b[2J");
});

test("over a stream each message comes after its length (RFC 6587 §3.4.1)", () => {
  assert.equal(Buffer.from(frameSyslog(Buffer.from("abc"))).toString(), "3 abc");
});

test("to a receiver over TCP, in order, also what was logged before it was connected", async () => {
  const reactor = memoryReactor();
  let received!: (text: string) => void;
  const text = new Promise<string>((resolve) => {
    received = resolve;
  });
  const read = async (peer: Connection) => received(Buffer.from(await peer.readAll()).toString());
  await using _listener = await listen("tcp:601", connection(read), { reactor });
  const log = syslogLog("tcp:localhost:601", origin, reactor);
  log.write(record(30, "early"));
  log.write(record(50, "late"));
  await log.close();
  assert.equal(
    await text,
    "60 <30>1 2026-11-26T12:03:04.123Z box hawser 71 - - info  early" +
      "59 <27>1 2026-11-26T12:03:04.123Z box hawser 71 - - error late",
  );
});

test("to a receiver over UDP", async () => {
  const reactor = memoryReactor();
  const socket = await reactor.network.bind(ipAddress("127.0.0.1", 514));
  const text = new Promise<string>((resolve) => {
    socket.start({ datagram: (payload) => resolve(Buffer.from(payload).toString()), closed() {} });
  });
  const log = syslogLog("udp:127.0.0.1:514", origin, reactor);
  log.write(record(40, "hello"));
  assert.equal(await text, "<28>1 2026-11-26T12:03:04.123Z box hawser 71 - - warn  hello");
  await log.close();
  socket.close();
});

test("a receiver that is not there ends nothing, and no other place is one", async () => {
  const reactor = memoryReactor();
  const log = syslogLog("tcp:localhost:601", origin, reactor);
  for (let line = 0; line < 2_000; line++) log.write(record(30, "x"));
  await log.close();
  log.write(record(30, "after the end"));
  assert.throws(() => syslogLog("stdio:", origin, reactor), { name: "UsageError" });
});
