import type { LookupAddress, LookupAllOptions, LookupOneOptions, LookupOptions } from "node:dns";
import { isIP } from "node:net";
import { dnsResolver } from "../client/resolver/default-resolver.ts";
import type { DnsHostAddress, DnsResolver } from "../client/resolver/dns-resolver.ts";
import { DnsLookupError } from "../client/resolver/errors.ts";
import type { DnsAddressOrder } from "../client/resolver/sort-addresses.ts";
import { sortAddresses } from "../client/resolver/sort-addresses.ts";
import { WatchedFile } from "../client/system/watched-file.ts";
import { argumentError, facadeError, makeFacadeError } from "./errors.ts";
import { nodeName } from "./records.ts";
import { requireText } from "./resolver.ts";

/** The orders of {@link lookup}'s addresses. */
export type DnsResultOrder = "ipv4first" | "ipv6first" | "verbatim";

let resultOrder: DnsResultOrder = "verbatim";
let shared: DnsResolver | undefined;

/** In which order {@link lookup} gives addresses, unless its options say so. */
export function getDefaultResultOrder(): DnsResultOrder {
  return resultOrder;
}

/** Sets the order of {@link lookup}'s addresses. Default `verbatim`: as they come. @throws {TypeError} `ERR_INVALID_ARG_VALUE` */
export function setDefaultResultOrder(order: DnsResultOrder): void {
  resultOrder = checkedOrder(order);
}

/**
 * The addresses of a host as `connect` uses them: from the hosts file first, with the search list; but without a thread of
 * libuv's pool. It is what `dns.lookup` of Node does by `getaddrinfo`.
 */
export function lookup(hostname: string, options: LookupAllOptions): Promise<LookupAddress[]>;
export function lookup(hostname: string, options?: LookupOneOptions | number): Promise<LookupAddress>;
export function lookup(hostname: string, options: LookupOptions): Promise<LookupAddress | LookupAddress[]>;
export function lookup(
  hostname: string,
  options: LookupOptions | number = {},
): Promise<LookupAddress | LookupAddress[]> {
  const asked = typeof options === "number" ? { family: options } : options;
  if (hostname) requireText("hostname", hostname);
  const family = familyOf(asked.family);
  const order = asked.order === undefined ? undefined : checkedOrder(asked.order);
  const rule = order ?? (asked.verbatim === false ? "ipv4first" : asked.verbatim === true ? "verbatim" : resultOrder);
  return lookUp(hostname, asked, family, rule);
}

/**
 * The name of an address and of a port, as `getnameinfo` finds them.
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE`; {RangeError} `ERR_SOCKET_BAD_PORT`
 */
export function lookupService(address: string, port: number): Promise<{ hostname: string; service: string }> {
  if (isIP(address) === 0)
    throw argumentError("ERR_INVALID_ARG_VALUE", `The argument 'address' is invalid. Received '${address}'`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw Object.assign(new RangeError(`Port should be >= 0 and < 65536. Received ${port}.`), {
      code: "ERR_SOCKET_BAD_PORT",
    });
  return nameService(address, port);
}

const v4Mapped = 8; // AI_V4MAPPED, as `dns.V4MAPPED` has it on Linux
const all = 16; // AI_ALL

async function lookUp(
  hostname: string,
  { all: wantsAll = false, hints = 0 }: LookupOptions,
  family: 0 | 4 | 6,
  order: DnsResultOrder,
): Promise<LookupAddress | LookupAddress[]> {
  if (!hostname) return wantsAll ? [] : { address: null as unknown as string, family: family === 6 ? 6 : 4 };
  const literal = isIP(hostname);
  if (literal !== 0)
    return wantsAll ? [{ address: hostname, family: literal }] : { address: hostname, family: literal };
  const found = await addressesOf(hostname, family, order, hints);
  return wantsAll ? found : found[0]!;
}

async function addressesOf(
  hostname: string,
  family: 0 | 4 | 6,
  order: DnsAddressOrder,
  hints: number,
): Promise<LookupAddress[]> {
  try {
    shared ??= dnsResolver();
    const found = sortAddresses(await shared.addresses(hostname), order);
    const wanted = found.filter((one) => family === 0 || one.family === `ipv${family}`).map(nodeAddress);
    const mapped = family === 6 && (hints & v4Mapped) !== 0 && (wanted.length === 0 || (hints & all) !== 0);
    if (mapped)
      for (const { host } of found.filter((one) => one.family === "ipv4"))
        wanted.push({ address: `::ffff:${host}`, family: 6 });
    if (wanted.length === 0) throw makeFacadeError("ENOTFOUND", "getaddrinfo", hostname);
    return wanted;
  } catch (error) {
    throw facadeError(error, "getaddrinfo", hostname);
  }
}

function nodeAddress({ family, host }: DnsHostAddress): LookupAddress {
  return { address: host, family: family === "ipv6" ? 6 : 4 };
}

async function nameService(address: string, port: number): Promise<{ hostname: string; service: string }> {
  shared ??= dnsResolver();
  try {
    const [name] = await shared.reverse(address);
    return { hostname: nodeName(name!), service: (await services()).get(port) ?? String(port) };
  } catch (error) {
    throw error instanceof DnsLookupError ? facadeError(error, "getnameinfo", address) : error;
  }
}

let servicesFile: WatchedFile<ReadonlyMap<number, string>> | undefined;

/** Names of TCP ports (services(5)). */
async function services(): Promise<ReadonlyMap<number, string>> {
  const { nodeReactor } = await import("@hawser/core/node");
  servicesFile ??= new WatchedFile(nodeReactor, "/etc/services", parseServices, new Map());
  return servicesFile.value();
}

function parseServices(text: string): ReadonlyMap<number, string> {
  const found = [...text.matchAll(/^(\S+)\s+(\d{1,5})\/tcp\b/gm)].map(
    ([, name, port]) => [Number(port), name!] as const,
  );
  return new Map(found.reverse()); // the first counts
}

function familyOf(family: LookupOptions["family"]): 0 | 4 | 6 {
  if (family === undefined || family === 0) return 0;
  if (family === 4 || family === "IPv4") return 4;
  if (family === 6 || family === "IPv6") return 6;
  throw argumentError(
    "ERR_INVALID_ARG_VALUE",
    `The property 'options.family' must be one of: 0, 4, 6. Received ${String(family)}`,
  );
}

function checkedOrder(order: string): DnsResultOrder {
  if (order === "ipv4first" || order === "ipv6first" || order === "verbatim") return order;
  throw argumentError(
    "ERR_INVALID_ARG_VALUE",
    `The argument 'dnsOrder' must be one of: 'verbatim', 'ipv4first', 'ipv6first'. Received '${order}'`,
  );
}
