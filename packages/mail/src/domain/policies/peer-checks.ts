import { formatIp, parseIp, unmappedIp } from "@hawser/core";
import type { DnsLookups } from "../../sender/lookups/lookups.ts";
import type { SmtpRecipient, SmtpSession, SmtpVerdict } from "../../smtp/backend.ts";
import { smtpAccept, smtpReject } from "../../smtp/errors.ts";
import { mailDomainKey } from "../names.ts";
import { type MailPolicyOptions, MailPolicyScope } from "./peer.ts";
import type { MailPolicy } from "./policy.ts";

/** What a peer's names must be. Some honest servers fail each of these, but for `ownNames`. */
export interface MailPeerChecksOptions extends MailPolicyOptions {
  readonly lookups: DnsLookups;
  /** Our names: a peer that says to be called so lies. Default: none. */
  readonly ownNames?: readonly string[] | undefined;
  /** What it calls itself must be a domain with a dot, or an address in brackets (RFC 5321 §4.1.1.1). Default false. */
  readonly needsFullHello?: boolean | undefined;
  /** Its address must have a name that has this address (RFC 1912 §2.1). Default false. */
  readonly needsName?: boolean | undefined;
}

/** Refuses peers whose names are not as they should be. A DNS that does not answer keeps nobody out. */
export function mailPeerChecks(options: MailPeerChecksOptions): MailPolicy {
  const scope = new MailPolicyScope(options);
  const own = new Set((options.ownNames ?? []).map((name) => mailDomainKey(name) ?? name));
  const named = new WeakMap<SmtpSession, { readonly peer: string; readonly hasName: Promise<boolean> }>();
  const hasName = (octets: Uint8Array, session: SmtpSession): Promise<boolean> => {
    const peer = formatIp(octets);
    const known = named.get(session);
    if (known?.peer === peer) return known.hasName;
    const asked = isNamed(octets, options.lookups, session.signal);
    named.set(session, { peer, hasName: asked });
    return asked;
  };
  return {
    recipient: async (to: SmtpRecipient, session: SmtpSession): Promise<SmtpVerdict> => {
      const octets = scope.peerFor(to, session);
      if (octets === undefined) return smtpAccept;
      const hello = session.hello ?? "";
      if (own.has(mailDomainKey(hello) ?? "")) return liar;
      if (options.needsFullHello && !isFullHello(hello)) return notFull;
      return options.needsName !== true || (await hasName(octets, session)) ? smtpAccept : nameless;
    },
  };
}

function isFullHello(hello: string): boolean {
  const key = mailDomainKey(hello);
  if (key === undefined) return false;
  if (key.startsWith("[")) return parseIp(key.slice(1, -1).replace(/^ipv6:/, "")) !== undefined;
  return key.includes(".") && parseIp(key) === undefined;
}

/** Whether an address has a name that has the address. Where the DNS cannot tell, it has. */
async function isNamed(octets: Uint8Array, lookups: DnsLookups, signal: AbortSignal): Promise<boolean> {
  const names = await lookups.lookUp(reverseName(octets), "PTR", { signal });
  if (names.type === "failed") return true;
  if (names.type === "none") return false;
  const type = octets.length === 4 ? "A" : "AAAA";
  for (const name of names.values.slice(0, namesMax)) {
    const addresses = await lookups.lookUp(name, type, { signal });
    if (addresses.type === "failed") return true;
    if (addresses.type === "found" && addresses.values.some((value) => isSame(value, octets))) return true;
  }
  return false;
}

/** Names of one address that are looked up; SPF has as many (RFC 7208 §4.6.4). */
const namesMax = 10;

function isSame(value: string, octets: Uint8Array): boolean {
  const other = parseIp(value);
  return other !== undefined && formatIp(unmappedIp(other)) === formatIp(octets);
}

function reverseName(octets: Uint8Array): string {
  if (octets.length === 4) return `${[...octets].reverse().join(".")}.in-addr.arpa`;
  return `${[...Buffer.from(octets).toString("hex")].reverse().join(".")}.ip6.arpa`;
}

const liar = smtpReject("550 5.7.1 You are not who you say you are: that is our name");
const notFull = smtpReject("504 5.5.2 Say hello with your full name");
const nameless = smtpReject("550 5.7.25 Your address has no name that leads back to it");
