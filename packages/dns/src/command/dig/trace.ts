import type { DomainName } from "../../name/domain-name.ts";
import { rootName } from "../../name/domain-name.ts";
import type { DnsRecord, DnsRecordOf } from "../../records/record.ts";
import type { DigAnswer } from "./answer.ts";
import { DigAsking, type DigMeans } from "./asking.ts";
import type { DigServer } from "./carrier.ts";
import { addressesOf } from "./servers.ts";
import type { DigSettings } from "./settings.ts";

/** Delegations that are followed: a name has no more labels (RFC 1035 §2.3.4). */
const delegationsMax = 128;

/** Servers of a zone whose addresses are looked up: one of them answers. */
const serversMax = 4;

/**
 * Follows the delegations from the root down to the name, and shows what each server said. The first server tells who
 * serves the root. Tells whether an answer was found.
 */
export async function digTrace(
  means: DigMeans,
  name: DomainName,
  settings: DigSettings,
  first: readonly DigServer[],
): Promise<boolean> {
  const { page } = means;
  const asRoot: DigSettings = { ...settings, type: "NS", rd: true, dnssec: false };
  let answer = await new DigAsking(means, rootName, asRoot).run(first);
  let zone = rootName;
  page.banner(settings);
  for (let count = 0; answer?.message !== undefined && count < delegationsMax; count++) {
    const { message } = answer;
    const isRoot = count === 0;
    const servers = nameServers(
      isRoot ? [...message.answers, ...message.authorities] : message.authorities,
      zone,
      isRoot,
    );
    const isEnd = !isRoot && (message.answers.length > 0 || servers === undefined || message.rcode !== 0);
    show(means, answer, settings);
    if (isEnd || servers === undefined) return isEnd;
    zone = servers.zone;
    answer = await new DigAsking(means, name, { ...settings, rd: false }).run(
      await addresses(means, servers.hosts, answer),
    );
  }
  return false;
}

function show({ page }: DigMeans, answer: DigAnswer, settings: DigSettings): void {
  const { answers, authorities } = answer.message!;
  page.records([...(settings.answer ? answers : []), ...(settings.authority ? authorities : [])], settings);
  page.received(answer);
}

/** Who serves the next zone, which must lie below the one whose server says so: else it leads nowhere, or in a circle. */
function nameServers(
  records: readonly DnsRecord[],
  above: DomainName,
  isRoot: boolean,
): { readonly zone: DomainName; readonly hosts: readonly DomainName[] } | undefined {
  const sets = records.filter((record): record is DnsRecordOf<"NS"> => record.type === "NS");
  const zone = sets.find((record) => (isRoot ? record.name.isRoot : record.name.isBelow(above)))?.name;
  if (zone === undefined) return undefined;
  return { zone, hosts: sets.filter((record) => record.name.equals(zone)).map((record) => record.data.nameServer) };
}

/** From what came with the answer, else from the system. */
async function addresses(
  means: DigMeans,
  hosts: readonly DomainName[],
  { message, server }: DigAnswer,
): Promise<readonly DigServer[]> {
  const servers: DigServer[] = [];
  for (const host of hosts) {
    if (servers.length >= serversMax) break;
    const called = String(host).slice(0, -1);
    const glue = message!.additionals.filter((record) => record.name.equals(host)).flatMap(addressOf);
    const found = glue.length > 0 ? glue : await addressesOf(means.reactor, called);
    for (const one of wanted(found, means)) servers.push({ host: one, port: server.port, called });
  }
  return servers;
}

function addressOf(record: DnsRecord): readonly string[] {
  return record.type === "A" || record.type === "AAAA" ? [(record as DnsRecordOf<"A">).data.address] : [];
}

function wanted(hosts: readonly string[], { globals: { family } }: DigMeans): readonly string[] {
  return family === undefined ? hosts : hosts.filter((host) => host.includes(":") === (family === 6));
}
