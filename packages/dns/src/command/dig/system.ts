import type { Reactor } from "@hawser/core";

/** What the system says about name servers (resolv.conf). */
export interface DigSystem {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
}

/** Reads `/etc/resolv.conf`; where there is none, a name server on this machine is asked. */
export async function digSystem(reactor: Reactor): Promise<DigSystem> {
  const text = await reactor
    .files("/etc")
    .readFile("resolv.conf")
    .then(
      (octets) => Buffer.from(octets).toString(),
      () => "",
    );
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  const servers = rows.flatMap(([word, value]) => (word === "nameserver" && value !== undefined ? [value] : []));
  const search = rows.findLast(([word]) => word === "search" || word === "domain")?.slice(1) ?? [];
  return { servers: servers.length > 0 ? servers : ["127.0.0.1"], search, ndots: 1 };
}
