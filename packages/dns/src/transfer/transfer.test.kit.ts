import { type Listener, listen } from "@hawser/core";
import type { SimulatedHost, World } from "@hawser/core/simulation";
import { ZoneContents } from "../authority/contents/zone-contents.ts";
import { nextSerial, withSerial } from "../authority/serial.ts";
import { Zone, type ZoneOptions } from "../authority/zone.ts";
import { DnsClient } from "../client/dns-client.ts";
import type { DnsExchangeOptions } from "../client/exchanger.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit, DnsQuestion } from "../message/message.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsServerOptions } from "../serving/options.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { decodeDnsSet, encodeDnsSets } from "../serving/sets.ts";

/** The zone of the tests. */
export const testOrigin: DomainName = parseDomainName("example.org");

/** Its SOA with a serial. */
export function soaLine(serial: number, timers = "7200 900 1209600 300"): string {
  return `@ 300 SOA ns host ${serial} ${timers}`;
}

/** Records of lines, relative to `example.org`. `SOA 7` is short for a whole SOA. */
export function testRecords(text: string): readonly DnsRecord[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => line.replace(/^SOA (\d+)$/, (_, serial: string) => soaLine(Number(serial))))
    .map((line) => parseDnsRecord(line, { origin: testOrigin, ttl: 300 }));
}

/** An answer to a transfer with id 1. */
export function transferMessage(records: string, more: DnsMessageInit = {}): Uint8Array {
  return encodeDnsMessage({ id: 1, response: true, authoritative: true, answers: testRecords(records), ...more });
}

/** Sets as sorted lines of a master file. */
export function linesOf(sets: Iterable<DnsEncodedSet>): readonly string[] {
  return [...sets].flatMap((set) => decodeDnsSet(set).map(formatDnsRecord)).sort();
}

/** A zone of the lines of {@link testRecords}. */
export function testZone(text: string, options?: ZoneOptions): Zone {
  const contents = new ZoneContents(testOrigin);
  for (const record of testRecords(text)) contents.addRecord(record);
  return new Zone(contents, options);
}

/** Goes on to the next serial, with lines that go and come. */
export function changeZone(zone: Zone, deleted: string, added: string, serial: number = nextSerial(zone.serial)): void {
  const newSoa = { ...zone.soa, data: [withSerial(zone.soa.data[0]!, serial)] };
  const [gone, come] = [encodeDnsSets(testRecords(deleted)), encodeDnsSets(testRecords(added))];
  zone.apply({ oldSoa: zone.soa, newSoa, deleted: gone, added: come });
}

/** A name server of a simulated world, on its host's port 53, which may be stopped and started again. */
export class TestNameServer {
  readonly host: SimulatedHost;
  readonly #make: () => readonly DnsPlugin[];
  readonly #options: DnsServerOptions;
  #listener: Listener | undefined;

  constructor(host: SimulatedHost, make: () => readonly DnsPlugin[], options: DnsServerOptions = {}) {
    this.host = host;
    this.#make = make;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#listener = await listen(["udp:53", "tcp:53"], dnsServer(this.#make(), this.#options), { reactor: this.host });
  }

  async stop(): Promise<void> {
    await this.#listener?.stop({ graceMs: 0 });
    this.#listener = undefined;
  }
}

/** Asks a host of the world one question. */
export async function askHost(
  world: World,
  host: SimulatedHost,
  message: DnsMessageInit,
  options?: DnsExchangeOptions,
): Promise<DnsMessage> {
  await using client = new DnsClient(world.reactor, { cookies: false });
  return await client.exchange(message, { transport: "udp", host: host.address, port: 53 }, options);
}

/** A question about a name of the zone. */
export function testQuestion(name: string, type: DnsQuestion["type"]): DnsMessageInit {
  return { questions: [{ name: parseDomainName(name, testOrigin), type, class: 1 }] };
}
