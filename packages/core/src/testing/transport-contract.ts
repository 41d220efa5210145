import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import type { Fault } from "../faults.ts";
import type { Receiver, Transport, WaterMarks } from "../transport.ts";
import { RecordingReceiver } from "./recording-receiver.ts";
import type { TransportPair } from "./transport-pair.ts";

/** Opens a pair, runs `body` with it, and closes it. */
export type WithTransportPair = (
  body: (pair: TransportPair) => Promise<void>,
  marks?: WaterMarks | undefined,
) => Promise<void>;

/** What not every medium can do. */
export interface TransportTraits {
  /** Either side may end while the other goes on. Default true. */
  readonly halfClose?: boolean | undefined;
  /** The other side sees an abort as a `reset`. Default true; UNIX sockets and TLS only end. */
  readonly resets?: boolean | undefined;
  /** What is written in one turn arrives as one chunk. Default true. */
  readonly coalesces?: boolean | undefined;
}

const mebibyte = 1_048_576;
const timeout = 5_000;

/**
 * What every {@link Transport} promises, as a suite of `node:test`: write one function that makes a pair on your medium,
 * and this says whether every protocol of the toolkit will run on it.
 */
export function transportContract(name: string, withPair: WithTransportPair, traits: TransportTraits = {}): void {
  const { halfClose = true, resets = true, coalesces = true } = traits;
  const promise = (title: string, body: (pair: TransportPair) => Promise<void>, marks?: WaterMarks) =>
    test(title, { timeout }, () => withPair(body, marks));

  describe(`${name} is a transport`, () => {
    promise("octets arrive exactly, both ways", arriveExactly);
    promise("a large body arrives exactly, both ways at once", largeBodies);
    promise("many small writes arrive in order", manyWrites);
    promise("text is sent as UTF-8, and as one octet per character when asked", texts);
    if (coalesces) promise("what is written in one turn arrives together", coalescing);
    promise("nothing arrives inside a write", notInsideWrite);
    promise("both ends know each other's address", addresses);
    promise("data, end, closed: in this order, closed once and without an error", orderOfCalls);
    promise("end sends everything before it", endFlushes);
    if (halfClose)
      promise("the client may end while the server goes on", ({ client, server, clientSide, serverSide }) =>
        halfClosed(client, clientSide, server, serverSide),
      );
    if (halfClose)
      promise("the server may end while the client goes on", ({ client, server, clientSide, serverSide }) =>
        halfClosed(server, serverSide, client, clientSide),
      );
    promise("after end, writes do nothing", writeAfterEnd);
    promise("after abort, writes do nothing", writeAfterAbort);
    promise("abort ends both sides; ours with the reason", abortWithReason);
    promise(resets ? "abort resets the other side" : "abort is seen by the other side", (pair) =>
      abortIsSeen(pair, resets),
    );
    promise("pause holds data back, resume brings it", pauseAndResume);
    promise("pause inside data holds the rest back", pauseInsideData);
    promise("the end waits behind paused data", pausedEnd);
    promise("the end alone waits for resume, too", pausedEndAlone);
    promise("a reader that does not read stops the writer, and draining wakes it", backPressure, {
      highWaterOctets: 16_384,
    });
    promise("an abort while octets wait is quick and clean", abortWhileFull, { highWaterOctets: 16_384 });
    promise("start again replaces the receiver", replaceReceiver);
    promise("whenClosed comes after the receiver was told, or at once", whenClosed);
    promise("a receiver that throws ends its connection, and the error is reported", throwingReceiver);
  });
}

async function arriveExactly({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  const every = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  client.write(every);
  await serverSide.untilOctets(256);
  server.write(every.toReversed());
  await clientSide.untilOctets(256);
  assert.deepEqual([...serverSide.received], [...every]);
  assert.deepEqual([...clientSide.received], [...every.toReversed()]);
}

async function largeBodies({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  const up = pattern(mebibyte, 7);
  const down = pattern(mebibyte, 11);
  client.write(up);
  server.write(down);
  await Promise.all([serverSide.untilOctets(mebibyte), clientSide.untilOctets(mebibyte)]);
  assert.ok(Buffer.compare(serverSide.received, up) === 0, "what the server received differs");
  assert.ok(Buffer.compare(clientSide.received, down) === 0, "what the client received differs");
}

async function manyWrites({ client, serverSide }: TransportPair): Promise<void> {
  let sent = "";
  for (let n = 0; n < 1_000; n += 1) {
    const line = `line ${n}\r\n`;
    sent += line;
    if (n % 2 === 0) client.write(Buffer.from(line));
    else client.writeLatin1(line);
    if (n % 100 === 0) await Promise.resolve();
  }
  await serverSide.untilOctets(sent.length);
  assert.equal(serverSide.text, sent);
}

async function texts({ client, serverSide }: TransportPair): Promise<void> {
  client.write("é");
  client.writeLatin1("\xe9\xff");
  client.write("");
  await serverSide.untilOctets(4);
  assert.equal(serverSide.text, "\xc3\xa9\xe9\xff");
}

async function coalescing({ client, serverSide }: TransportPair): Promise<void> {
  client.writeLatin1("HTTP/1.1 200 OK\r\n");
  client.write(Buffer.from("Content-Length: 2\r\n\r\n"));
  client.writeLatin1("ok");
  await serverSide.untilOctets(40);
  assert.equal(serverSide.chunks.length, 1);
}

async function notInsideWrite({ client, serverSide }: TransportPair): Promise<void> {
  client.write(pattern(100_000, 3));
  client.end();
  assert.deepEqual(serverSide.calls, []);
  await serverSide.untilOctets(100_000);
}

async function addresses({ client, server }: TransportPair): Promise<void> {
  assert.equal(client.local.family, server.local.family);
  if (client.local.family !== "ipv4" && client.local.family !== "ipv6") return;
  assert.deepEqual(client.local, server.peer);
  assert.deepEqual(client.peer, server.local);
}

async function orderOfCalls({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  client.write("question");
  client.end();
  await serverSide.untilCalled("end");
  server.write("answer");
  server.end();
  await Promise.all([clientSide.untilCalled("closed"), serverSide.untilCalled("closed")]);
  assert.deepEqual(serverSide.calls, ["data", "end", "closed"]);
  assert.deepEqual(clientSide.calls.at(-1), "closed");
  assert.equal(clientSide.error, undefined);
  assert.equal(serverSide.error, undefined);
}

async function endFlushes({ client, serverSide }: TransportPair): Promise<void> {
  const body = pattern(mebibyte, 5);
  client.write(body);
  client.end();
  await serverSide.untilCalled("end");
  assert.ok(Buffer.compare(serverSide.received, body) === 0, "what was received differs");
}

async function halfClosed(
  ending: Transport,
  endingSide: RecordingReceiver,
  going: Transport,
  goingSide: RecordingReceiver,
): Promise<void> {
  ending.write("that is all");
  ending.end();
  await goingSide.untilCalled("end");
  assert.equal(goingSide.text, "that is all");
  for (let n = 0; n < 3; n += 1) {
    going.write("more");
    await endingSide.untilOctets(4 * (n + 1));
  }
  going.end();
  await Promise.all([endingSide.untilCalled("closed"), goingSide.untilCalled("closed")]);
  assert.deepEqual(endingSide.calls, ["data", "end", "closed"]);
  assert.equal(endingSide.error, undefined);
}

async function writeAfterEnd({ client, serverSide }: TransportPair): Promise<void> {
  client.write("before");
  client.end();
  client.end();
  assert.equal(client.write("after"), false);
  assert.equal(client.writeLatin1("after"), false);
  await serverSide.untilCalled("end");
  assert.equal(serverSide.text, "before");
}

async function writeAfterAbort({ client, clientSide, serverSide }: TransportPair): Promise<void> {
  client.abort();
  assert.equal(client.write("after"), false);
  client.end();
  client.abort();
  await clientSide.untilCalled("closed");
  assert.equal(client.write("after"), false);
  assert.equal(client.pendingOctets, 0);
  assert.equal(serverSide.octets, 0);
}

async function abortWithReason({ client, clientSide }: TransportPair): Promise<void> {
  const reason = new Error("Too slow");
  client.abort(reason);
  assert.deepEqual(clientSide.calls, [], "closed was called inside abort");
  await clientSide.untilCalled("closed");
  assert.deepEqual(clientSide.calls, ["closed"]);
  assert.equal(clientSide.error?.code, "aborted");
  assert.equal(clientSide.error?.cause, reason);
}

async function abortIsSeen({ client, serverSide }: TransportPair, resets: boolean): Promise<void> {
  client.write("half a mess");
  await serverSide.untilOctets(11);
  client.abort();
  await serverSide.until(() => serverSide.calls.includes("closed") || serverSide.calls.includes("end"));
  if (!resets) return;
  assert.deepEqual(serverSide.calls, ["data", "closed"]);
  assert.equal(serverSide.error?.code, "reset");
}

async function pauseAndResume({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  server.pause();
  client.write("held back");
  await roundTrip(server, clientSide);
  assert.equal(serverSide.octets, 0);
  server.resume();
  assert.equal(serverSide.octets, 0, "data was delivered inside resume");
  await serverSide.untilOctets(9);
}

async function pauseInsideData({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  const first = new PausingReceiver(server);
  server.start(first);
  client.write(pattern(mebibyte, 13));
  await first.untilCalled("data");
  await roundTrip(server, clientSide);
  assert.equal(first.chunks.length, 1);
  server.start(serverSide);
  server.resume();
  await serverSide.untilOctets(mebibyte - first.octets);
}

async function pausedEnd({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  server.pause();
  client.write("last words");
  client.end();
  await roundTrip(server, clientSide);
  assert.deepEqual(serverSide.calls, []);
  server.resume();
  await serverSide.untilCalled("end");
  assert.deepEqual(serverSide.calls, ["data", "end"]);
}

async function pausedEndAlone({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  server.pause();
  client.end();
  await roundTrip(server, clientSide);
  await roundTrip(server, clientSide); // the end may come behind the answer
  assert.deepEqual(serverSide.calls, []);
  server.resume();
  assert.deepEqual(serverSide.calls, [], "the end was told inside resume");
  await serverSide.untilCalled("end");
}

async function backPressure({ client, clientSide, server, serverSide }: TransportPair): Promise<void> {
  server.pause();
  const sent = fill(client);
  assert.ok(client.pendingOctets >= 16_384, `${client.pendingOctets} octets wait, less than the high-water mark`);
  assert.deepEqual(clientSide.calls, []);
  server.resume();
  await clientSide.untilCalled("drained");
  assert.ok(client.pendingOctets < 16_384, `${client.pendingOctets} octets wait after drained`);
  await serverSide.untilOctets(sent);
  assert.equal(serverSide.octets, sent);
  assert.deepEqual(clientSide.calls, ["drained"]);
}

async function abortWhileFull({ client, clientSide, server }: TransportPair): Promise<void> {
  server.pause();
  fill(client);
  client.abort();
  await clientSide.untilCalled("closed");
  assert.deepEqual(clientSide.calls, ["closed"]);
  assert.equal(client.pendingOctets, 0);
}

async function replaceReceiver({ client, server, serverSide }: TransportPair): Promise<void> {
  const second = new RecordingReceiver();
  client.write("STARTTLS");
  await serverSide.untilOctets(8);
  server.start(second);
  client.write("EHLO");
  client.end();
  server.end();
  await second.untilCalled("closed");
  assert.equal(second.text, "EHLO");
  assert.deepEqual(serverSide.calls, ["data"]);
}

async function whenClosed({ client, clientSide }: TransportPair): Promise<void> {
  const seen: string[] = [];
  client.whenClosed((transport) => seen.push(`${transport === client} after ${clientSide.calls.join()}`));
  client.abort();
  await clientSide.untilCalled("closed");
  await Promise.resolve();
  client.whenClosed(() => seen.push("at once"));
  assert.deepEqual(seen, ["true after closed", "at once"]);
}

async function throwingReceiver({ client, clientSide, server }: TransportPair): Promise<void> {
  const receiver = new ThrowingReceiver();
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push((fault as Fault).error);
  subscribe("hawser:fault", onFault);
  try {
    server.start(receiver);
    client.write("provoke");
    await receiver.untilCalled("closed");
  } finally {
    unsubscribe("hawser:fault", onFault);
  }
  assert.equal((receiver.error?.cause as Error | undefined)?.message, "A bug in a protocol");
  assert.equal((faults[0] as Error | undefined)?.message, "A bug in a protocol");
  await clientSide.until(() => clientSide.calls.includes("closed") || clientSide.calls.includes("end"));
}

/** Pauses its transport at the first data. */
class PausingReceiver extends RecordingReceiver {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super();
    this.#transport = transport;
  }

  override data(chunk: Uint8Array): void {
    this.#transport.pause();
    super.data(chunk);
  }
}

class ThrowingReceiver extends RecordingReceiver implements Receiver {
  override data(): void {
    throw new Error("A bug in a protocol");
  }
}

/** Writes until the transport says it is full. */
function fill(transport: Transport): number {
  const chunk = pattern(65_536, 17);
  for (let sent = chunk.length; sent < 64 * mebibyte; sent += chunk.length) if (!transport.write(chunk)) return sent;
  throw new assert.AssertionError({ message: "64 MiB were taken without a word" });
}

/** Sends one octet the other way and waits until it is there: what was on its way had the time to arrive. */
async function roundTrip(from: Transport, toSide: RecordingReceiver): Promise<void> {
  const before = toSide.octets;
  from.write("!");
  await toSide.untilOctets(before + 1);
}

/** Octets in which a piece lost, doubled or moved shows. */
function pattern(octets: number, step: number): Uint8Array {
  const bytes = new Uint8Array(octets);
  for (let index = 0; index < octets; index += 1) bytes[index] = (index * step + (index >> 8)) & 0xff;
  return bytes;
}
