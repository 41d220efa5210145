import type { DomainName } from "../name/domain-name.ts";
import { type DnsAnswerer, type DnsPlugin, dnsChain, refuseAll } from "../serving/plugin.ts";
import type { DnsRequest } from "../serving/request.ts";
import { isWithinAny, namesOf } from "./names.ts";

/** How a part of a chain ends. */
export interface DnsBranchOptions {
  /** Whether what none of the plugins answers goes on behind the branch. Default false: it is refused. */
  readonly fallthrough?: boolean | undefined;
}

/**
 * A chain of plugins for names within zones: CoreDNS calls it a server block. Where zones lie in each other, the inner one
 * stands first.
 *
 * ```ts no-run
 * dnsServer([inZone("home.arpa", [hostsPlugin({ file: "/etc/hosts" })]), forwardPlugin({ to: "192.0.2.53" })]);
 * ```
 *
 * @throws {DnsTextError} when a name cannot be read
 */
export function inZone(
  names: DomainName | string | readonly (DomainName | string)[],
  plugins: readonly DnsPlugin[],
  options: DnsBranchOptions = {},
): DnsPlugin {
  const zones = namesOf(names);
  return branch(`in ${zones.join(" ")}`, ({ query: { name } }) => isWithinAny(name, zones), plugins, options);
}

/**
 * A chain of plugins for some requests: those from a network, over a transport, at night. What `match` needs to know stands in the
 * request.
 *
 * ```ts no-run
 * viewPlugin(({ peer }) => "host" in peer && peer.host.startsWith("10."), [inside]);
 * ```
 */
export function viewPlugin(
  match: (request: DnsRequest) => boolean,
  plugins: readonly DnsPlugin[],
  options: DnsBranchOptions = {},
): DnsPlugin {
  return branch("view", match, plugins, options);
}

function branch(
  name: string,
  match: (request: DnsRequest) => boolean,
  plugins: readonly DnsPlugin[],
  { fallthrough = false }: DnsBranchOptions,
): DnsPlugin {
  const chain = dnsChain(plugins, name);
  return {
    ...chain,
    wrap(next: DnsAnswerer): DnsAnswerer {
      const inner = chain.wrap(fallthrough ? next : refuseAll);
      return (request) => (match(request) ? inner(request) : next(request));
    },
  };
}
