import type { DomainName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";
import type { SvcParams } from "../../records/svc-params.ts";
import type { SvcbData } from "../../records/svcb.ts";
import type { DnsResolver } from "../resolver/dns-resolver.ts";
import { DnsLookupError } from "../resolver/errors.ts";
import { type DnsServiceOptions, randomOf } from "./options.ts";
import { orderByPreference } from "./order.ts";

/** One way to reach a service (RFC 9460 §2.4.3). */
export interface DnsServiceBinding {
  /** Whose addresses to connect to. */
  readonly target: DomainName;
  /** `undefined`: the port that goes without saying. */
  readonly port: number | undefined;
  /** The protocols that are spoken there, most wanted first as told; for HTTPS with `http/1.1`, unless it is taken out. */
  readonly alpn: readonly string[];
  /** Addresses that may be tried until the target's own are known (RFC 9460 §7.3). */
  readonly hints: readonly string[];
  readonly priority: number;
  /** All that is said, such as `ech`. */
  readonly params: SvcParams;
}

/** How bindings are looked up. */
export interface DnsBindingOptions extends DnsServiceOptions {
  /**
   * Parameters that the caller heeds: a record that makes others mandatory is left alone (RFC 9460 §8). Default `alpn`,
   * `no-default-alpn`, `port`, `ipv4hint`, `ipv6hint`.
   */
  readonly heeds?: readonly string[] | undefined;
}

const heedsDefault: readonly string[] = ["alpn", "no-default-alpn", "port", "ipv4hint", "ipv6hint"];

/** Aliases that are followed (RFC 9460 §2.4.2 asks for a limit). */
const bindingAliasesMax = 8;

/** What HTTPS speaks where nothing else is said (RFC 9460 §9). */
const httpsAlpnDefault = "http/1.1";

/**
 * The ways to reach a service, in the order in which to try them: SVCB or HTTPS records, along their aliases (RFC 9460 §3).
 * None: the service says nothing, and is reached as before there were such records.
 *
 * @param type `HTTPS` for a host of `https:`; `SVCB` for names such as `_dns.resolver.example`
 * @throws {DnsLookupError} `not-offered` when an alias leads to the root (RFC 9460 §2.5.1); `timed-out`, `server-failed`, …
 */
export async function resolveServiceBindings(
  resolver: DnsResolver,
  name: DomainName | string,
  type: "HTTPS" | "SVCB",
  options: DnsBindingOptions = {},
): Promise<readonly DnsServiceBinding[]> {
  const random = await randomOf(options);
  let at = typeof name === "string" ? domainNameFromUnicode(name) : name;
  for (let aliases = 0; aliases <= bindingAliasesMax; aliases++) {
    const found = await recordsAt(resolver, at, type, options);
    if (found === undefined)
      return aliases === 0
        ? []
        : [{ target: at, port: undefined, alpn: alpnOf({}, type), hints: [], priority: 0, params: {} }];
    const [alias] = orderByPreference(
      found.records.filter(({ priority }) => priority === 0),
      () => 0,
      random,
    );
    if (alias === undefined) {
      const ordered = orderByPreference(found.records, ({ priority }) => priority, random);
      return ordered
        .filter((record) => isCompatible(record, options.heeds ?? heedsDefault))
        .map((record) => bindingOf(record, found.owner, type));
    }
    if (alias.target.isRoot) throw new DnsLookupError("not-offered", { name: at, type });
    at = alias.target;
  }
  throw new DnsLookupError("bad-answer", { name: at, type, detail: "its aliases are too many" });
}

/** The name of the HTTPS records of an origin: `_8443._https.www.example.` for another port (RFC 9460 §9.1). @throws {DnsTextError} */
export function httpsRecordName(host: DomainName | string, port = 443): DomainName {
  const name = typeof host === "string" ? domainNameFromUnicode(host) : host;
  return port === 443 ? name : name.child("_https").child(`_${port}`);
}

async function recordsAt(
  resolver: DnsResolver,
  name: DomainName,
  type: "HTTPS" | "SVCB",
  options: DnsServiceOptions,
): Promise<{ readonly owner: DomainName; readonly records: readonly SvcbData[] } | undefined> {
  try {
    const { canonicalName, records } = await resolver.query(name, type, options);
    return { owner: canonicalName, records: records.map(({ data }) => data) };
  } catch (error) {
    const isAbsent = error instanceof DnsLookupError && (error.code === "no-data" || error.code === "name-not-found");
    if (isAbsent) return undefined;
    throw error;
  }
}

/** RFC 9460 §8; and without the protocol that goes without saying there must be another (RFC 9460 §7.1.1). */
function isCompatible({ params }: SvcbData, heeds: readonly string[]): boolean {
  const isConsistent = params.noDefaultAlpn !== true || params.alpn !== undefined;
  return isConsistent && (params.mandatory ?? []).every((key) => heeds.includes(key));
}

/** The root stands for the owner (RFC 9460 §2.5.2). */
function bindingOf(
  { priority, target, params }: SvcbData,
  owner: DomainName,
  type: "HTTPS" | "SVCB",
): DnsServiceBinding {
  const hints = [...(params.ipv6hint ?? []), ...(params.ipv4hint ?? [])];
  return {
    target: target.isRoot ? owner : target,
    port: params.port,
    alpn: alpnOf(params, type),
    hints,
    priority,
    params,
  };
}

function alpnOf({ alpn = [], noDefaultAlpn }: SvcParams, type: "HTTPS" | "SVCB"): readonly string[] {
  const isTold = type === "SVCB" || noDefaultAlpn === true || alpn.includes(httpsAlpnDefault);
  return isTold ? alpn : [...alpn, httpsAlpnDefault];
}
