import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { RecordingReceiver } from "../testing/index.ts";
import { simulation, tracePcap, traceText, type World } from "./index.ts";
import { addressOctets, encodeTcpPacket, encodeUdpPacket, TcpFlag } from "./ip-packets.ts";

test("literal addresses have 4 or 16 octets", () => {
  const table: [host: string, hex: string][] = [
    ["10.0.0.255", "0a0000ff"],
    ["::1", "00000000000000000000000000000001"],
    ["::", "00000000000000000000000000000000"],
    ["fd00::a:2", "fd0000000000000000000000000a0002"],
    ["2001:db8:1:2:3:4:5:6", "20010db8000100020003000400050006"],
  ];
  for (const [host, hex] of table) assert.equal(Buffer.from(addressOctets(ipAddress(host, 0))).toString("hex"), hex);
});

test("every checksum makes its sum come out as ones", () => {
  const ends = [
    [ipAddress("10.0.0.1", 49_152), ipAddress("10.0.0.2", 80)],
    [ipAddress("fd00::1", 49_152), ipAddress("fd00::2", 80)],
  ] as const;
  for (const [from, to] of ends)
    for (const text of ["", "odd", "even"]) {
      const payload = Buffer.from(text);
      const tcp = { from, to, sequence: 0xffff_fff0, acknowledgment: 7, flags: TcpFlag.ack, payload };
      checkSums(encodeTcpPacket(tcp), 6);
      checkSums(encodeUdpPacket(from, to, payload), 17);
    }
});

test("a trace reads as a conversation, and pasted into a test it is a transcript", async () => {
  const world = simulation({ seed: 1, latencyMs: 10 });
  await world.run(shortTalk);
  assert.equal(
    traceText(world.trace),
    [
      "      10.000 #1 127.0.0.1:49152 connects to 127.0.0.1:25",
      "      20.000 #1 is accepted",
      "      20.000 #1 S: 220 ready",
      "      30.000 #1 C: QUIT",
      "      30.000 #1 C| \\x00\\xff\\\\",
      "      30.000 #1 C: (closes)",
      "      30.000 -- partition home>far",
      "      40.000 #1 S: (closes)",
      "",
    ].join("\n"),
  );
});

test("a capture holds every segment, from the handshake to the last acknowledgment", async () => {
  const world = simulation({ seed: 1, latencyMs: 10 });
  await world.run(shortTalk);
  const packets = readPackets(tracePcap(world.trace));
  const { syn, ack, psh, fin } = TcpFlag;
  assert.deepEqual(
    packets.map(({ flags }) => flags),
    [syn, syn | ack, ack, psh | ack, ack, psh | ack, ack, fin | ack, ack, fin | ack, ack],
  );
  assert.deepEqual(
    packets.map(({ ms }) => ms),
    [10, 20, 20, 20, 20, 30, 30, 30, 30, 40, 40],
  );
});

test("a trace that is full says so, and keeps no more", async () => {
  const world = simulation({ seed: 1, traceOctetsMax: 300 });
  await world.run(shortTalk);
  assert.equal(world.trace.cutShort, true);
  assert.equal(world.trace.events.length, 4);
  assert.match(traceText(world.trace), /… the trace was full here\n$/);
});

async function shortTalk(world: World): Promise<void> {
  const port = await world.reactor.network.listen(ipAddress("127.0.0.1", 25), {}, (transport) => {
    transport.write("220 ready\r\n");
    transport.start({
      data: () => {},
      end: () => {
        world.partition("home", "far", { oneWay: true });
        transport.end();
      },
      closed: () => {},
    });
  });
  const client = await world.connect("tcp:127.0.0.1:25");
  const side = new RecordingReceiver();
  client.start(side);
  await side.untilCalled("data");
  client.writeLatin1("QUIT\r\n\x00\xff\\");
  client.end();
  await side.untilCalled("closed");
  await port.close();
}

/** RFC 1071: the sum over what a checksum covers, and itself, is all ones. */
function checkSums(packet: Uint8Array, protocol: number): void {
  const six = packet[0]! >> 4 === 6;
  const headerOctets = six ? 40 : 20;
  if (!six) assert.equal(onesSum(packet.subarray(0, 20)), 0xffff);
  const content = packet.subarray(headerOctets);
  const pseudo = Buffer.concat([
    packet.subarray(six ? 8 : 12, headerOctets),
    Buffer.from([content.length >> 8, content.length & 0xff, 0, protocol]),
  ]);
  assert.equal(onesSum(Buffer.concat([pseudo, content])), 0xffff);
}

function onesSum(octets: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < octets.length; index += 2) sum += (octets[index]! << 8) | (octets[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

function readPackets(capture: Uint8Array): { ms: number; flags: number }[] {
  const file = Buffer.from(capture);
  assert.equal(file.readUInt32LE(0), 0xa1b2c3d4);
  const packets = [];
  for (let offset = 24; offset < file.length; offset += 16 + file.readUInt32LE(offset + 8))
    packets.push({ ms: file.readUInt32LE(offset + 4) / 1_000, flags: file[offset + 16 + 20 + 13]! });
  return packets;
}
