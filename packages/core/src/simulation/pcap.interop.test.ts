import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { RecordingReceiver } from "../testing/index.ts";
import { simulation, tracePcap, type World } from "./index.ts";

const absent = spawnSync("tshark", ["--version"]).error !== undefined;

const strict = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"].flatMap((name) => [
  "-o",
  `${name}:TRUE`,
]);

test("tshark reads a capture of a whole world without complaint", async (context) => {
  if (absent) return context.skip("tshark is not installed");
  const world = simulation({ seed: 7, latencyMs: [5, 50], cuts: true });
  await world.run(livelyDay);
  const packets = readWithTshark(tracePcap(world.trace), [
    "frame.time_epoch",
    "ip.src",
    "http.request.uri",
    "http.response.code",
    "dns.qry.name",
    "tcp.flags.reset",
    "_ws.expert.message",
    "_ws.malformed",
  ]);
  const column = (index: number) => packets.map((fields) => fields[index]!).filter((value) => value !== "");
  assert.deepEqual(column(2), ["/hello"]);
  assert.deepEqual(column(3), ["200"]);
  assert.deepEqual(column(4), ["example.org"]);
  assert.ok(
    column(5).some((reset) => reset === "1" || reset === "True"),
    "no reset was seen",
  );
  const harmless = /^(Connection (establish|finish|reset)|GET |HTTP\/1\.1 |This frame|Possible traceroute)/;
  const complaints = column(6)
    .flatMap((messages) => messages.split("|"))
    .filter((message) => !harmless.test(message));
  assert.deepEqual(complaints, []);
  assert.deepEqual(column(7), []);
  assert.match(packets[0]![0]!, /^(1767225600|2026-01-01T|Jan {1,2}1, 2026)/);
});

/** Two requests answered, one refused, one reset, IPv6, half-close, a name asked for. */
async function livelyDay(world: World): Promise<void> {
  const server = world.host("server");
  const port = await server.network.listen(ipAddress("::", 80), {}, (transport) =>
    transport.start({
      data: () => {},
      end: () => {
        transport.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${"x".repeat(5_000)}`);
        transport.end();
      },
      closed: () => {},
    }),
  );
  const client = await world.connect("tcp:server:80");
  const side = new RecordingReceiver();
  client.start(side);
  client.write("GET /hello HTTP/1.1\r\nHost: server\r\n\r\n");
  client.end();
  await side.untilCalled("closed");
  const six = await world.reactor.network.connect(ipAddress(server.address6, 80), {});
  six.start(new RecordingReceiver());
  six.abort();
  await world.connect("tcp:server:81").catch(() => {});
  await askForName(world);
  await port.close();
}

async function askForName(world: World): Promise<void> {
  const socket = await world.reactor.network.bind(ipAddress("0.0.0.0", 0));
  const query = Buffer.from("123401000001000000000000076578616d706c65036f72670000010001", "hex");
  socket.send(query, ipAddress(world.host("server").address, 53));
  await world.clock.sleep(1_000);
  socket.close();
}

function readWithTshark(capture: Uint8Array, fields: readonly string[]): string[][] {
  const directory = mkdtempSync(join(tmpdir(), "hawser-pcap-"));
  try {
    const file = join(directory, "world.pcap");
    writeFileSync(file, capture);
    const wanted = fields.flatMap((field) => ["-e", field]);
    const output = execFileSync(
      "tshark",
      ["-r", file, "-2", ...strict, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|", ...wanted],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return output
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
