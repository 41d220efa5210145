import { formatIp, parseIp, unmappedIp } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";

/** Addresses by name and names by address, as a hosts file has them (hosts(5), RFC 952). */
export interface HostsTable {
  /** By the name's key; in the order of the file. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** By the address, spelled as `formatIp` does. */
  readonly names: ReadonlyMap<string, readonly DomainName[]>;
}

/** Reads a hosts file: an address and its names on each line, `#` begins a comment. Other lines are passed over. */
export function parseHostsFile(text: string): HostsTable {
  const addresses = new Map<string, string[]>();
  const names = new Map<string, DomainName[]>();
  for (const line of text.split("\n")) {
    const [first = "", ...words] = line.replace(/#.*/s, "").trim().split(/\s+/);
    const octets = parseIp(first);
    if (octets === undefined) continue;
    const address = formatIp(unmappedIp(octets));
    for (const name of words.flatMap(nameOf)) {
      add(addresses, name.key, address);
      add(names, address, name);
    }
  }
  return { addresses, names };
}

function nameOf(word: string): readonly DomainName[] {
  try {
    return [domainNameFromUnicode(word)];
  } catch {
    return [];
  }
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}
