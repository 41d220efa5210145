/**
 * The names of `node:dns/promises` over Hawser's resolver: the same results and errors, without a thread for each lookup, and
 * also over TLS and HTTPS.
 *
 * @packageDocumentation
 */
import type { AnyRecord, CaaRecord, MxRecord, NaptrRecord, SoaRecord, SrvRecord } from "node:dns";
import type { DnsFacadeTlsaRecord } from "./records.ts";
import { Resolver } from "./resolver.ts";

export * from "./codes.ts";
export type { DnsFacadeError } from "./errors.ts";
export * from "./lookup.ts";
export type { DnsFacadeTlsaRecord } from "./records.ts";
export { Resolver } from "./resolver.ts";

/** What the functions of this module ask. */
const shared = new Resolver();

/** {@link Resolver.getServers} of the servers that the functions of this module ask. */
export const getServers: () => string[] = () => shared.getServers();
/** {@link Resolver.setServers} for the functions of this module. */
export const setServers: (servers: readonly string[]) => void = (servers) => shared.setServers(servers);
/** {@link Resolver.resolve} */
export const resolve: Resolver["resolve"] = shared.resolve.bind(shared);
/** {@link Resolver.resolve4} */
export const resolve4: Resolver["resolve4"] = shared.resolve4.bind(shared);
/** {@link Resolver.resolve6} */
export const resolve6: Resolver["resolve6"] = shared.resolve6.bind(shared);
/** {@link Resolver.resolveAny} */
export const resolveAny: (hostname: string) => Promise<AnyRecord[]> = (hostname) => shared.resolveAny(hostname);
/** {@link Resolver.resolveCaa} */
export const resolveCaa: (hostname: string) => Promise<CaaRecord[]> = (hostname) => shared.resolveCaa(hostname);
/** {@link Resolver.resolveCname} */
export const resolveCname: (hostname: string) => Promise<string[]> = (hostname) => shared.resolveCname(hostname);
/** {@link Resolver.resolveMx} */
export const resolveMx: (hostname: string) => Promise<MxRecord[]> = (hostname) => shared.resolveMx(hostname);
/** {@link Resolver.resolveNaptr} */
export const resolveNaptr: (hostname: string) => Promise<NaptrRecord[]> = (hostname) => shared.resolveNaptr(hostname);
/** {@link Resolver.resolveNs} */
export const resolveNs: (hostname: string) => Promise<string[]> = (hostname) => shared.resolveNs(hostname);
/** {@link Resolver.resolvePtr} */
export const resolvePtr: (hostname: string) => Promise<string[]> = (hostname) => shared.resolvePtr(hostname);
/** {@link Resolver.resolveSoa} */
export const resolveSoa: (hostname: string) => Promise<SoaRecord> = (hostname) => shared.resolveSoa(hostname);
/** {@link Resolver.resolveSrv} */
export const resolveSrv: (hostname: string) => Promise<SrvRecord[]> = (hostname) => shared.resolveSrv(hostname);
/** {@link Resolver.resolveTlsa} */
export const resolveTlsa: (hostname: string) => Promise<DnsFacadeTlsaRecord[]> = (hostname) =>
  shared.resolveTlsa(hostname);
/** {@link Resolver.resolveTxt} */
export const resolveTxt: (hostname: string) => Promise<string[][]> = (hostname) => shared.resolveTxt(hostname);
/** {@link Resolver.reverse} */
export const reverse: (ip: string) => Promise<string[]> = (ip) => shared.reverse(ip);
