import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, type DnsTypeName, type DnsUnknownTypeName } from "../../records/types.ts";
import { DnsRcode } from "../../words.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { aliasesMax, walkAliases } from "./aliases.ts";
import { answerOf, answerRecords, type DnsAnswer } from "./answer.ts";
import type { AnswerSource, SourcedAnswer } from "./answer-source.ts";
import { extendedErrorsOf } from "./ask-servers.ts";
import { DnsLookupError } from "./errors.ts";

type Type = DnsTypeName | DnsUnknownTypeName;

/** What is known at once of a name: all of it, or `undefined` when somebody has to be asked. @throws {DnsLookupError} */
export function lookUpKnown(name: DomainName, type: Type, source: AnswerSource): DnsAnswer | undefined {
  const response = source.known(name, type);
  if (response === undefined) return undefined;
  const step = take(name, type, { response, server: undefined, isStale: false }, [], []);
  return "records" in step ? step : undefined;
}

/**
 * Looks up one name by asking, along its aliases.
 * @throws {DnsLookupError}; `signal.reason`
 */
export async function lookUp(
  name: DomainName,
  type: Type,
  source: AnswerSource,
  asked: DnsServerPlace[],
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const aliases: DnsRecord[] = [];
  for (let at = name; ; ) {
    const sourced = await source.answer(at, type, asked, signal);
    const step = take(name, type, sourced, aliases, asked, at);
    if ("records" in step) return step;
    aliases.push(...step.aliases);
    at = step.name;
  }
}

/** The answer, or where to ask on: servers that do not follow aliases to other zones tell only the way. */
function take(
  name: DomainName,
  type: Type,
  { response, server, isStale }: SourcedAnswer,
  before: readonly DnsRecord[],
  servers: readonly DnsServerPlace[],
  at: DomainName = name,
): DnsAnswer | { readonly name: DomainName; readonly aliases: readonly DnsRecord[] } {
  const { rcode, authorities, options } = response;
  const walk = walkAliases(at, type, answerRecords(response));
  const aliases = [...before, ...walk.aliases];
  const told = { name, type, rcode, aliases, servers: [...servers], extendedErrors: extendedErrorsOf(options) };
  if (rcode !== DnsRcode.noError && rcode !== DnsRcode.nxDomain)
    throw new DnsLookupError(rcode === DnsRcode.servFail ? "server-failed" : "bad-answer", told);
  const isCircle = before.some((alias) => alias.name.equals(walk.name));
  if (walk.isBroken || isCircle || aliases.length > aliasesMax)
    throw new DnsLookupError("bad-answer", { ...told, detail: "its aliases lead nowhere" });
  if (walk.records.length > 0) {
    const { authenticData } = response;
    return answerOf({ name, canonicalName: walk.name, records: walk.records, aliases, authenticData, isStale, server });
  }
  if (rcode === DnsRcode.nxDomain) throw new DnsLookupError("name-not-found", told);
  const isDenied = walk.aliases.length === 0 || authorities.some((set) => set.type === DnsType.SOA);
  if (isDenied) throw new DnsLookupError("no-data", told);
  return { name: walk.name, aliases: walk.aliases };
}
