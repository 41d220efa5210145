import type { Reactor } from "@hawser/core";
import { parseResolvConf } from "../../client/system/resolv-conf.ts";
import type { DomainName } from "../../name/domain-name.ts";

/** What the system says about name servers (resolv.conf). */
export interface DigSystem {
  /** Addresses. */
  readonly servers: readonly string[];
  readonly search: readonly DomainName[];
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
  const { servers, search, ndots } = parseResolvConf(text);
  return { servers: servers.map(({ host }) => host), search, ndots };
}
