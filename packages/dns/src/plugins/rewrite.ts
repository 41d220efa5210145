import type { DnsEncodedSet } from "../message/answer.ts";
import type { DnsQuery } from "../message/query.ts";
import { DomainName, parseDomainName } from "../name/domain-name.ts";
import { decodeDnsData, encodeDnsData } from "../records/data-octets.ts";
import { type DnsTypeName, type DnsUnknownTypeName, dnsTypeName, dnsTypeNumber } from "../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../serving/plugin.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { changedDnsRequest } from "../serving/request.ts";
import { DnsOpcode } from "../words.ts";
import { lowerText, nameOf } from "./names.ts";
import { changeResponse } from "./reply-steps.ts";

/** How names are changed. */
export type DnsRewriteRule =
  /** One name is another. */
  | { readonly name: DomainName | string; readonly to: DomainName | string }
  /** Names that begin with these characters begin with others: `{ prefix: "old-", to: "new-" }`. */
  | { readonly prefix: string; readonly to: string }
  /** A zone is another. With `data`, names in the answers' data come back too, as those that a CNAME or MX record leads to. */
  | { readonly suffix: DomainName | string; readonly to: DomainName | string; readonly data?: boolean | undefined }
  /**
   * The name in lower case without its last dot is replaced as `String.replace` does. It has 1,004 characters at most;
   * whether the pattern can take long with so many is up to who writes it.
   */
  | { readonly match: RegExp; readonly to: string }
  /** One type is another; the answer's records are what they are. */
  | { readonly type: DnsTypeName | DnsUnknownTypeName; readonly to: DnsTypeName | DnsUnknownTypeName }
  /** The answer's TTLs lie between these. */
  | { readonly ttl: { readonly min?: number | undefined; readonly max?: number | undefined } };

/**
 * Asks the next plugin for something else than what was asked for, and changes the names in its answer back. The first rule
 * for names that fits is taken, the first for types, and all for TTLs.
 *
 * @throws {DnsTextError} when a name cannot be read
 */
export function rewritePlugin(rules: DnsRewriteRule | readonly DnsRewriteRule[]): DnsPlugin {
  const list = [rules].flat() as readonly DnsRewriteRule[];
  const names = list.flatMap((rule) => nameRewriter(rule) ?? []);
  const types = new Map(
    list.flatMap((rule) => ("type" in rule ? [[dnsTypeNumber(rule.type), dnsTypeNumber(rule.to)]] : [])),
  );
  const ttls = list.flatMap((rule) => ("ttl" in rule ? [rule.ttl] : []));
  const wrap =
    (next: DnsAnswerer): DnsAnswerer =>
    (request) => {
      const { query } = request;
      if (query.opcode !== DnsOpcode.query) return next(request);
      const rewriting = firstOf(names, query.name);
      const type = types.get(query.type) ?? query.type;
      if (rewriting === undefined && type === query.type && ttls.length === 0) return next(request);
      const asked =
        rewriting === undefined && type === query.type ? query : queryFor(query, rewriting?.name ?? query.name, type);
      return changeResponse(next(changedDnsRequest(request, { query: asked })), (response) =>
        rewrittenBack(response, rewriting, ttls),
      );
    };
  return { name: "rewrite", wrap };
}

/** What a name has become, and how names in the answer become what they were. */
interface Rewriting {
  readonly name: DomainName;
  back(name: DomainName): DomainName;
  readonly data: boolean;
}

type NameRewriter = (name: DomainName) => Rewriting | undefined;

function nameRewriter(rule: DnsRewriteRule): NameRewriter | undefined {
  if ("name" in rule) return rewriteName(nameOf(rule.name), nameOf(rule.to));
  if ("prefix" in rule)
    return rewriteText((text) => (text.startsWith(rule.prefix) ? rule.to + text.slice(rule.prefix.length) : undefined));
  if ("suffix" in rule) return rewriteZone(nameOf(rule.suffix), nameOf(rule.to), rule.data ?? false);
  if ("match" in rule) {
    const match = new RegExp(rule.match.source, rule.match.flags.replace(/y/g, ""));
    return rewriteText((text) => (text.search(match) < 0 ? undefined : text.replace(match, rule.to)));
  }
  return undefined;
}

function rewriteName(from: DomainName, to: DomainName): NameRewriter {
  return (name) => (name.equals(from) ? exactly(name, to) : undefined);
}

function rewriteZone(from: DomainName, to: DomainName, data: boolean): NameRewriter {
  return (name) => {
    const moved = name.isWithin(from) ? name.moved(from, to) : undefined;
    if (moved === undefined) return undefined;
    return { name: moved, back: (one) => (one.isWithin(to) ? (one.moved(to, from) ?? one) : one), data };
  };
}

/** What makes no name is not rewritten. */
function rewriteText(rewrite: (text: string) => string | undefined): NameRewriter {
  return (name) => {
    const text = rewrite(lowerText(name));
    if (text === undefined) return undefined;
    try {
      return exactly(name, parseDomainName(text));
    } catch {
      return undefined;
    }
  };
}

function exactly(from: DomainName, to: DomainName): Rewriting {
  return { name: to, back: (name) => (name.equals(to) ? from : name), data: false };
}

function firstOf(rewriters: readonly NameRewriter[], name: DomainName): Rewriting | undefined {
  for (const rewrite of rewriters) {
    const rewriting = rewrite(name);
    if (rewriting !== undefined) return rewriting;
  }
  return undefined;
}

/** The same question for something else. Its octets are those that came. */
function queryFor(query: DnsQuery, name: DomainName, type: number): DnsQuery {
  const question = { name, type: dnsTypeName(type), class: query.class };
  return { ...query, name, type, message: () => ({ ...query.message(), questions: [question] }) };
}

function rewrittenBack(
  response: DnsResponse,
  rewriting: Rewriting | undefined,
  ttls: readonly { readonly min?: number | undefined; readonly max?: number | undefined }[],
): DnsResponse {
  const ttlOf = (ttl: number): number =>
    ttls.reduce((now, { min = 0, max = 0x7fffffff }) => Math.min(Math.max(now, min), max), ttl);
  const back = (sets: readonly DnsEncodedSet[]): readonly DnsEncodedSet[] =>
    sets.map((set) => ({
      ...set,
      name: rewriting?.back(set.name) ?? set.name,
      ttl: ttlOf(set.ttl),
      data: rewriting?.data ? set.data.map((octets) => dataBack(set.type, octets, rewriting)) : set.data,
    }));
  const { answers, authorities, additionals } = response;
  const authenticData = response.authenticData && rewriting === undefined;
  return {
    ...response,
    authenticData,
    answers: back(answers),
    authorities: back(authorities),
    additionals: back(additionals),
  };
}

/** Data whose fields that are names come back; others as they are. */
function dataBack(type: number, octets: Uint8Array, rewriting: Rewriting): Uint8Array {
  const typeName = dnsTypeName(type);
  const data = decodeDnsData(typeName, octets) as unknown as Readonly<Record<string, unknown>>;
  if (!Object.values(data).some((value) => value instanceof DomainName)) return octets;
  const back = Object.entries(data).map(([key, value]) => [
    key,
    value instanceof DomainName ? rewriting.back(value) : value,
  ]);
  return encodeDnsData(typeName, Object.fromEntries(back) as never);
}
