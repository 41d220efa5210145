import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord, DnsRecordOf } from "../../records/record.ts";
import { DigAsking, type DigMeans } from "./asking.ts";
import type { DigServer } from "./carrier.ts";
import { digDataText } from "./record-text.ts";
import { addressesOf } from "./servers.ts";
import type { DigSettings } from "./settings.ts";

/** Shows the SOA record of each server of a zone, so that one sees who lags behind. Tells whether any answered. */
export async function digNameServers(
  means: DigMeans,
  name: DomainName,
  settings: DigSettings,
  servers: readonly DigServer[],
): Promise<boolean> {
  const found = await new DigAsking(means, name, { ...settings, type: "NS" }).run(servers);
  const hosts = (found?.message?.answers ?? []).flatMap(hostOf);
  let hasAnswered = false;
  for (const host of hosts) {
    const called = String(host).slice(0, -1);
    const addresses = await addressesOf(means.reactor, called);
    if (addresses.length === 0) means.page.fault(`couldn't get address for '${called}': not found`);
    for (const address of addresses) {
      const server = { host: address, port: found!.server.port, called };
      hasAnswered = (await showSoa(means, name, settings, server)) || hasAnswered;
    }
  }
  return hasAnswered;
}

async function showSoa(means: DigMeans, name: DomainName, settings: DigSettings, server: DigServer): Promise<boolean> {
  const answer = await new DigAsking(means, name, { ...settings, type: "SOA", rd: false }).run([server]);
  const soa = answer?.message?.answers.find(({ type }) => type === "SOA");
  if (soa === undefined) return false;
  const text = digDataText(soa, { ...settings, multiline: false });
  means.page.line(`SOA ${text} from server ${server.host} in ${Math.round(answer!.elapsedMs)} ms.`);
  return true;
}

function hostOf(record: DnsRecord): readonly DomainName[] {
  return record.type === "NS" ? [(record as DnsRecordOf<"NS">).data.nameServer] : [];
}
