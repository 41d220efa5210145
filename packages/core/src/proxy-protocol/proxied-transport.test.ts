import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress } from "../address.ts";
import { FakeTransport, fakeReactor, RecordingProtocol, settled } from "../fakes.test.kit.ts";
import { TransportWrapper } from "../wrappers/transport-wrapper.ts";
import { acceptProxied } from "./accept-proxied.ts";
import { proxyHeaderOf } from "./proxied-transport.ts";

const line = "PROXY TCP4 203.0.113.7 198.51.100.1 5000 443\r\n";
const trustAll = () => true;

function begin(options = {}) {
  const reactor = fakeReactor();
  const transport = new FakeTransport(reactor);
  return { transport, clock: reactor.clock, accepting: acceptProxied(transport, trustAll, options) };
}

test("a header that comes octet by octet replaces the addresses, through every wrapper", async () => {
  const { transport, accepting, clock } = begin();
  for (const octet of Buffer.from(line)) transport.deliver(Uint8Array.of(octet));
  const proxied = await accepting;
  assert.equal(formatAddress(proxied.peer), "203.0.113.7:5000");
  assert.equal(formatAddress(proxied.local), "198.51.100.1:443");
  assert.equal(proxyHeaderOf(new TransportWrapper(new TransportWrapper(proxied)))?.version, 1);
  assert.equal(proxyHeaderOf(transport), undefined);
  assert.equal(clock.pending, 0);
});

test("nothing is delivered before start, and everything in order after it", async () => {
  const { transport, accepting } = begin();
  transport.deliver(`${line}first`);
  const proxied = await accepting;
  assert.equal(transport.isPaused, true);
  transport.deliver("second"); // it was on its way when the pause came
  transport.deliverEnd();
  const protocol = new RecordingProtocol();
  proxied.start(protocol);
  assert.deepEqual(protocol.events, []);
  await settled();
  assert.equal(transport.isPaused, false);
  assert.deepEqual(protocol.events, ["data first", "data second", "end"]);
});

test("a protocol that pauses at once is not given what was kept", async () => {
  const { transport, accepting } = begin();
  transport.deliver(`${line}first`);
  const proxied = await accepting;
  const protocol = new RecordingProtocol();
  proxied.start(protocol);
  proxied.pause();
  await settled();
  assert.deepEqual(protocol.events, []);
  proxied.resume();
  await settled();
  assert.deepEqual(protocol.events, ["data first"]);
  assert.equal(transport.isPaused, false);
});

test("a LOCAL header keeps the true addresses", async () => {
  const { transport, accepting } = begin();
  transport.deliver(Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex"));
  assert.deepEqual((await accepting).peer, transport.peer);
});

test("a header must come in time", async () => {
  const { accepting, clock } = begin({ headerTimeoutMs: 100 });
  const failure = assert.rejects(accepting, { code: "timed-out" });
  await clock.elapse(100);
  await failure;
});

test("a connection that ends or is lost inside the header is refused, without a timer left", async () => {
  const ended = begin();
  ended.transport.deliver("PROXY");
  ended.transport.deliverEnd();
  await assert.rejects(ended.accepting, { code: "unexpected-end" });
  const lost = begin();
  lost.transport.close();
  await assert.rejects(lost.accepting, { code: "unexpected-end" });
  assert.equal(ended.clock.pending + lost.clock.pending, 0);
});

test("a connection that is lost before start tells its protocol", async () => {
  const { transport, accepting } = begin();
  transport.deliver(line);
  const proxied = await accepting;
  transport.close();
  const protocol = new RecordingProtocol();
  proxied.start(protocol);
  await settled();
  assert.deepEqual(protocol.events, ["closed"]);
});
