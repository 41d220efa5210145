import assert from "node:assert/strict";
import { test } from "node:test";
import type { IpAddress } from "./address.ts";
import { Connection, type ConnectionOptions, connectTo } from "./connection.ts";
import { connection } from "./connections/connection-factory.ts";
import { ConnectionError, StateError } from "./errors.ts";
import { FakeTransport, fakeReactor, settled } from "./fakes.test.kit.ts";
import { FramingError } from "./framing/errors.ts";
import { listen } from "./listen.ts";

function open(options: ConnectionOptions = {}) {
  const reactor = fakeReactor();
  const transport = new FakeTransport(reactor);
  const peer = new Connection(transport, options);
  transport.start(peer.receiver);
  return { peer, transport, clock: reactor.clock };
}

const text = (octets: Uint8Array | undefined) => octets && Buffer.from(octets).toString();

test("lines are read however they are cut", async () => {
  const { peer, transport } = open();
  const first = peer.readLine();
  for (const character of "grüß\r\nnext\r\n") transport.deliver(Buffer.from(character));
  assert.equal(await first, "grüß");
  assert.equal(await peer.readLine(), "next");
});

test("a lone LF is refused, unless the caller forgives it", async () => {
  const { peer, transport } = open();
  transport.deliver("a\nb\r\n");
  assert.equal(await peer.readLine({ delimiter: "lf-or-crlf" }), "a");
  transport.deliver("c\n");
  assert.equal(await peer.readLine(), "b");
  await assert.rejects(peer.readLine(), { code: "bare-line-ending" });
});

test("a line that is too long is refused before its end is seen", async () => {
  const { peer, transport } = open();
  const line = peer.readLine({ octetsMax: 4 });
  transport.deliver("1234\r");
  transport.deliver("\n");
  assert.equal(await line, "1234");
  transport.deliver("12345");
  await assert.rejects(peer.readLine({ octetsMax: 4 }), { code: "line-too-long" });
});

test("octets, marks and the rest are read one after another", async () => {
  const { peer, transport } = open();
  transport.deliver("12345head\r\n\r\nbody");
  assert.equal(text(await peer.readExactly(5)), "12345");
  assert.equal(text(await peer.readUntil("\r\n\r\n")), "head");
  assert.equal(text(await peer.read()), "body");
  const rest = peer.readAll();
  transport.deliver("all ");
  transport.deliver("else");
  transport.deliverEnd();
  assert.equal(text(await rest), "all else");
  assert.equal(await peer.read(), undefined);
  assert.equal(await peer.isAtEnd(), true);
});

test("everything that is read has a limit", async () => {
  const { peer, transport } = open();
  transport.deliver("123456");
  await assert.rejects(peer.readUntil("!", { octetsMax: 5 }), { code: "frame-too-long" });
  await assert.rejects(peer.readAll({ octetsMax: 5 }), { code: "frame-too-long" });
});

test("for await gives chunks, and lines() gives lines, until the peer ends", async () => {
  const { peer, transport } = open();
  transport.deliver("a\r\nb\r\n");
  transport.deliverEnd();
  const lines: string[] = [];
  for await (const line of peer.lines()) lines.push(line);
  assert.deepEqual(lines, ["a", "b"]);

  const other = open();
  other.transport.deliver("xy");
  other.transport.deliverEnd();
  const chunks: (string | undefined)[] = [];
  for await (const chunk of other.peer) chunks.push(text(chunk));
  assert.deepEqual(chunks, ["xy"]);
});

test("an end in the middle is an error, and so is a lost connection", async () => {
  const { peer, transport } = open();
  transport.deliver("half a li");
  transport.deliverEnd();
  await assert.rejects(peer.readLine(), (error) => error instanceof FramingError && error.code === "unexpected-end");

  const lost = open();
  const reading = lost.peer.read();
  const reset = new ConnectionError("reset", "Connection lost");
  lost.transport.close(reset);
  await assert.rejects(reading, reset);
  await assert.rejects(lost.peer.readAll(), reset);
  assert.equal(await lost.peer.closed, reset);
});

test("one read waits at a time", async () => {
  const { peer, transport } = open();
  const first = peer.readLine();
  await assert.rejects(peer.read(), StateError);
  transport.deliver("ok\r\n");
  assert.equal(await first, "ok");
});

test("a read that is given up takes nothing, and leaves no listener on its signal", async () => {
  const { peer, transport } = open();
  const controller = new AbortController();
  const reading = peer.readLine({ signal: controller.signal });
  transport.deliver("half");
  await settled();
  controller.abort(new Error("enough"));
  await assert.rejects(reading, /enough/);
  transport.deliver(" whole\r\n");
  assert.equal(await peer.readLine(), "half whole");
});

test("what nobody reads pauses the transport; a reader who wants more than the mark gets it", async () => {
  const { peer, transport } = open({ unreadOctetsMax: 10 });
  transport.deliver("12345678901");
  assert.equal(transport.isPaused, true);
  const reading = peer.readExactly(20);
  await settled();
  assert.equal(transport.isPaused, false);
  transport.deliver("2345678901234567890");
  assert.equal(text(await reading), "12345678901234567890");
  assert.equal(transport.isPaused, true);
  await peer.readExactly(9);
  assert.equal(transport.isPaused, false);
});

test("send waits for room", async () => {
  const { peer, transport } = open();
  await peer.send("at once");
  transport.isFull = true;
  let isSent = false;
  const sending = peer.send("later").then(() => {
    isSent = true;
  });
  await settled();
  assert.equal(isSent, false);
  transport.drain();
  await sending;
  assert.equal(transport.written, "at oncelater");
});

test("whoever waits for room learns that the connection is lost", async () => {
  const { peer, transport } = open();
  transport.isFull = true;
  const sending = peer.send("never");
  const reset = new ConnectionError("reset", "Connection lost");
  transport.close(reset);
  await assert.rejects(sending, reset);
  await assert.rejects(peer.send("more"), reset);
});

test("closing sends what is queued, drops what comes, and has a deadline", async () => {
  const { peer, transport, clock } = open();
  const closing = peer.close({ graceMs: 100 });
  assert.equal(transport.isEnded, true);
  transport.deliver("too late");
  await clock.elapse(100);
  await closing;
  assert.equal(transport.isClosed, true);
  assert.equal(clock.pending, 0);
});

test("octets that lie unread in clear stop TLS (command injection)", async () => {
  const { peer, transport } = open();
  transport.deliver("STARTTLS\r\nMAIL FROM:<evil>\r\n");
  await peer.readLine();
  await assert.rejects(peer.startTls({ side: "server", keyPair: () => undefined }), StateError);
  assert.equal(transport.isClosed, true);
  assert.equal(transport.tls.length, 0);
});

test("a handler serves people over TCP, and its connection closes when it returns", async () => {
  const users = new Map([["alice", "Alice Liddell"]]);
  const finger = connection(async (peer) => {
    const user = await peer.readLine({ octetsMax: 512 });
    peer.write(`${users.get(user) ?? "No such user"}\r\n`);
  });
  await using listener = await listen("tcp:0:interface=127.0.0.1", finger);
  const { port } = listener.address as IpAddress;
  await using peer = await connectTo(`tcp:127.0.0.1:${port}`);
  peer.write("alice\r\n");
  assert.equal(text(await peer.readAll()), "Alice Liddell\r\n");
});

test("a client's side ends once the peer has ended and everything is read, unless it is to stay open", async () => {
  const { peer, transport } = open({ halfOpen: false });
  transport.deliver("last words\r\n");
  transport.deliverEnd();
  assert.equal(transport.isEnded, false);
  assert.equal(await peer.readLine(), "last words");
  assert.equal(transport.isEnded, true);

  const { peer: patient, transport: kept } = open();
  kept.deliverEnd();
  assert.equal(await patient.isAtEnd(), true);
  assert.equal(kept.isEnded, false);
});

test("a client whose server ends is closed without a word of its own, and one may keep its half open", async () => {
  const heard: string[] = [];
  const server = connection(async (peer) => {
    peer.end();
    heard.push(Buffer.from(await peer.readAll()).toString());
  });
  const listener = await listen("tcp:0:interface=127.0.0.1", server);
  const where = `tcp:127.0.0.1:${(listener.address as IpAddress).port}`;
  const plain = await connectTo(where);
  assert.equal(await plain.closed, undefined);
  await using halfOpen = await connectTo(where, { halfOpen: true });
  assert.equal(await halfOpen.isAtEnd(), true);
  halfOpen.write("still here");
  await halfOpen.close();
  await listener.stop();
  assert.deepEqual(heard, ["", "still here"]);
});

test("a handler is told that the server stops", async () => {
  const greet = connection(async (peer, stopping) => {
    peer.write("hello\r\n");
    await peer.readLine({ signal: stopping });
  });
  const listener = await listen("tcp:0:interface=127.0.0.1", greet);
  await using peer = await connectTo(`tcp:127.0.0.1:${(listener.address as IpAddress).port}`);
  assert.equal(await peer.readLine(), "hello");
  await listener.stop();
  assert.notEqual(await peer.closed, undefined);
});
