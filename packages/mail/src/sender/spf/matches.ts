import { networkHolds, parseIp } from "@hawser/core";
import { isWithinDomain } from "../domain.ts";
import { spfNamesMax } from "../limits.ts";
import { expandSpfDomain, type SpfMacroValues } from "./expand.ts";
import { type SpfQuestions, SpfStop } from "./questions.ts";
import { reverseDomain, type SpfSubject } from "./subject.ts";
import type { SpfMacroText, SpfMechanism } from "./words.ts";

/** What a mechanism is matched against. */
export interface SpfMatchContext {
  readonly subject: SpfSubject;
  readonly domain: string;
  readonly questions: SpfQuestions;
  readonly values: SpfMacroValues;
}

/** Whether a mechanism matches, all but `include`, which is a check of its own (RFC 7208 §5). @throws {SpfStop} */
export async function matchesSpf(
  mechanism: Exclude<SpfMechanism, { readonly type: "include" }>,
  context: SpfMatchContext,
): Promise<boolean> {
  switch (mechanism.type) {
    case "all":
      return true;
    case "ip4":
    case "ip6":
      return networkHolds(mechanism, context.subject.address);
    case "a":
      return matchesHost(await targetOf(mechanism.domain, context), mechanism, context);
    case "mx":
      return matchesMx(mechanism, context);
    case "ptr":
      return matchesPtr(mechanism.domain, context);
    case "exists":
      return (await context.questions.ask(await targetOf(mechanism.domain, context), "A")).length > 0;
    default:
      return mechanism satisfies never;
  }
}

/** The domain that a term is about; the term is counted. */
export async function targetOf(domain: SpfMacroText | undefined, context: SpfMatchContext): Promise<string> {
  context.questions.countTerm();
  return domain === undefined ? context.domain : expandSpfDomain(domain, context.values);
}

type HostsMechanism = Extract<SpfMechanism, { readonly ipv4Bits: number }>;

async function matchesHost(
  host: string,
  { ipv4Bits, ipv6Bits }: HostsMechanism,
  { subject, questions }: SpfMatchContext,
): Promise<boolean> {
  const isIpv4 = subject.address.length === 4;
  const addresses = await questions.askAddresses(host, isIpv4);
  return addresses.some((text) => {
    const address = parseIp(text);
    return address !== undefined && networkHolds({ address, bits: isIpv4 ? ipv4Bits : ipv6Bits }, subject.address);
  });
}

/** More than ten names are a mistake, even when an earlier one matches (RFC 7208 §4.6.4). */
async function matchesMx(mechanism: HostsMechanism, context: SpfMatchContext): Promise<boolean> {
  const hosts = await context.questions.ask(await targetOf(mechanism.domain, context), "MX");
  if (hosts.length > spfNamesMax) throw new SpfStop("permerror", `an mx has more than ${spfNamesMax} names`);
  for (const host of hosts) if (host !== "." && (await matchesHost(host, mechanism, context))) return true;
  return false;
}

/** Names of the address below a domain, which the address belongs to (RFC 7208 §5.5). */
async function matchesPtr(domain: SpfMacroText | undefined, context: SpfMatchContext): Promise<boolean> {
  const target = (await targetOf(domain, context)).toLowerCase();
  for await (const name of validatedNames(context.subject, context.questions))
    if (isWithinDomain(name, target)) return true;
  return false;
}

/** Macro `p`: the domain itself, or a name below it, or any name that was checked; else `unknown` (RFC 7208 §7.3). */
export async function validatedNameOf(subject: SpfSubject, domain: string, questions: SpfQuestions): Promise<string> {
  const names: string[] = [];
  for await (const name of validatedNames(subject, questions)) names.push(name);
  const wanted = domain.toLowerCase();
  return (
    names.find((name) => name === wanted) ?? names.find((name) => isWithinDomain(name, wanted)) ?? names[0] ?? "unknown"
  );
}

/** Names of an address which it belongs to in turn: ten are looked at, and failures count as no (RFC 7208 §5.5). */
async function* validatedNames({ address }: SpfSubject, questions: SpfQuestions): AsyncGenerator<string, void> {
  const names = await questions.askNames(reverseDomain(address));
  const wanted = Buffer.from(address);
  for (const name of names.slice(0, spfNamesMax)) {
    const addresses = await questions.tryAddresses(name, address.length === 4);
    if (addresses.some((text) => wanted.equals(parseIp(text) ?? new Uint8Array()))) yield name.toLowerCase();
  }
}
