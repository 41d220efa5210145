import type { Clock } from "@hawser/core";
import type { DnsLookups, DnsLookupsAnswer, DnsLookupsType } from "../../sender/lookups/lookups.ts";
import type { MailDnsFinding, MailDnsVerdict } from "../finding.ts";
import type { CheckedMailDnsSetup } from "../setup.ts";

/** What every check is given. */
export interface MailDnsContext {
  readonly setup: CheckedMailDnsSetup;
  readonly lookups: DnsLookups;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Looks at one thing. */
export type MailDnsCheck = (context: MailDnsContext) => Promise<readonly MailDnsFinding[]>;

/** Makes findings about one thing at one name. */
export function findingsAbout(
  about: string,
  name: string,
): (verdict: MailDnsVerdict, text: string, todo?: string) => MailDnsFinding {
  return (verdict, text, todo) => ({ verdict, about, name, text, todo });
}

/** The DNS does not answer. */
export class UnknownAnswer extends Error {}

/** The records there are, maybe none. @throws {UnknownAnswer} */
export async function valuesAt(
  { lookups, signal }: MailDnsContext,
  name: string,
  type: DnsLookupsType,
): Promise<readonly string[]> {
  return valuesIn(await lookups.lookUp(name, type, { signal }));
}

/** @throws {UnknownAnswer} */
export function valuesIn(answer: DnsLookupsAnswer): readonly string[] {
  if (answer.type === "failed") throw new UnknownAnswer(answer.reason);
  return answer.type === "found" ? answer.values : [];
}

/** The addresses of a host, of both families. @throws {UnknownAnswer} */
export async function addressesAt(context: MailDnsContext, host: string): Promise<readonly string[]> {
  return [...(await valuesAt(context, host, "A")), ...(await valuesAt(context, host, "AAAA"))];
}
