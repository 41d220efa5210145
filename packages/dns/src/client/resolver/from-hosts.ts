import { parseIp } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import type { HostsTable } from "../system/hosts-file.ts";
import { addressOfReverseName } from "./special-names.ts";

/**
 * What a hosts file says: addresses of a name, or names of an address. A name that it has only in the other family has none
 * in this one; for all other types, and names that it does not have, `undefined`.
 */
export function fromHosts(name: DomainName, type: string, hosts: HostsTable): readonly DnsRecord[] | undefined {
  if (type === "PTR") return namesOf(name, hosts);
  if (type !== "A" && type !== "AAAA") return undefined;
  const octets = type === "A" ? 4 : 16;
  return hosts.addresses
    .get(name.key)
    ?.filter((address) => parseIp(address)?.length === octets)
    .map((address) => ({ name, type, class: 1, ttl: 0, data: { address } }));
}

function namesOf(name: DomainName, hosts: HostsTable): readonly DnsRecord[] | undefined {
  const address = addressOfReverseName(name);
  if (address === undefined) return undefined;
  return hosts.names.get(address)?.map((target) => ({ name, type: "PTR", class: 1, ttl: 0, data: { target } }));
}
