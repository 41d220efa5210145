import type { MailHeader } from "@hawser/mime";
import type { DkimResult } from "../dkim/result.ts";
import { asciiDomain, isWithinDomain } from "../domain.ts";
import type { SpfOutcome } from "../spf/check-host.ts";
import { authorDomain } from "./author.ts";
import type { DmarcOptions } from "./options.ts";
import { type DmarcOrganizations, dmarcOrganizations } from "./organizations.ts";
import type { DmarcAlignment, DmarcPolicy, DmarcRecord } from "./record.ts";
import type { PublishedDmarc } from "./tree-walk.ts";

/** What is said of an author (RFC 7489 §11.2). */
export type DmarcResult = "fail" | "none" | "pass" | "permerror" | "temperror";

/** What is known of a message. */
export interface DmarcEvidence {
  readonly header: MailHeader;
  readonly spf: Pick<SpfOutcome, "domain" | "result">;
  readonly dkim: readonly DkimResult[];
}

/** What became of a message. */
export interface DmarcOutcome {
  readonly result: DmarcResult;
  /** What the domain wants done: `none` where it passed, or has no policy. */
  readonly disposition: DmarcPolicy;
  /** The author's domain; absent where there is none. */
  readonly domain?: string | undefined;
  /** What is published, and where. */
  readonly published?: PublishedDmarc | undefined;
  /** The policy for this domain before `pct=` and `t=` made it milder. */
  readonly policy?: DmarcPolicy | undefined;
  /** Domains in line with the author's: that of a signature that passed, and that of SPF. */
  readonly alignedDkim?: string | undefined;
  readonly alignedSpf?: string | undefined;
  /** Whether its owner wants to hear of this failure (`fo=`, `ruf=`). */
  readonly wantsFailureReport: boolean;
  /** Why there is an error, for people. */
  readonly problem?: string | undefined;
}

/** Judges a message by the policy of its author's domain (RFC 7489 §6.6.2, RFC 9989 §5.3). Rejects with `signal.reason` alone. */
export async function checkDmarc(evidence: DmarcEvidence, options: DmarcOptions): Promise<DmarcOutcome> {
  const author = authorDomain(evidence.header);
  if ("problem" in author) return outcome("permerror", { problem: author.problem });
  const { domain } = author;
  const organizations = dmarcOrganizations(options);
  const published = await organizations.policyFor(domain);
  if (published === "failed") return outcome("temperror", { domain, problem: "the DNS did not answer" });
  if (published === undefined) return outcome("none", { domain });
  const alignment = await align(domain, published.record, evidence, organizations);
  const facts = { domain, published, ...alignment.domains };
  const policy = await policyFor(domain, published, options);
  const wantsFailureReport = wantsReport(published.record, evidence, alignment.domains);
  if (alignment.isPass) return outcome("pass", { ...facts, policy, wantsFailureReport });
  if (alignment.isUnknown) return outcome("temperror", { ...facts, policy, problem: "the DNS did not answer" });
  const disposition = dispositionOf(policy, published.record, options.chance);
  return outcome("fail", { ...facts, policy, disposition, wantsFailureReport });
}

function outcome(result: DmarcResult, facts: Partial<DmarcOutcome>): DmarcOutcome {
  return { disposition: "none", wantsFailureReport: false, ...facts, result };
}

type Aligned = Pick<DmarcOutcome, "alignedDkim" | "alignedSpf">;

type Alignment = { readonly isPass: boolean; readonly isUnknown: boolean; readonly domains: Aligned };

/** Which of the domains that were proven are the author's (RFC 7489 §3.1). */
async function align(
  author: string,
  record: DmarcRecord,
  { spf, dkim }: DmarcEvidence,
  organizations: DmarcOrganizations,
): Promise<Alignment> {
  const signed = dkim.filter(({ status }) => status === "pass").map(({ signature }) => signature!.domain);
  const alignedDkim = await firstAligned(author, signed, record.dkimAlignment, organizations);
  const sender = spf.result === "pass" ? asciiDomain(spf.domain) : undefined;
  const senders = sender === undefined ? [] : [sender];
  const alignedSpf = await firstAligned(author, senders, record.spfAlignment, organizations);
  const isPass = isDomain(alignedDkim) || isDomain(alignedSpf);
  const isPending = dkim.some(({ status }) => status === "temperror") || spf.result === "temperror";
  return {
    isPass,
    isUnknown: isPending || alignedDkim === false || alignedSpf === false,
    domains: {
      ...(isDomain(alignedDkim) ? { alignedDkim } : {}),
      ...(isDomain(alignedSpf) ? { alignedSpf } : {}),
    },
  };
}

/** `false`: none, but the DNS did not answer for one. */
async function firstAligned(
  author: string,
  domains: readonly string[],
  alignment: DmarcAlignment,
  organizations: DmarcOrganizations,
): Promise<string | false | undefined> {
  if (domains.includes(author)) return author;
  if (alignment === "strict") return undefined;
  let isUnknown = false;
  for (const domain of new Set(domains)) {
    const isSame = await organizations.areSame(author, domain);
    if (isSame === true) return domain;
    if (isSame === "failed") isUnknown = true;
  }
  return isUnknown ? false : undefined;
}

function isDomain(found: string | false | undefined): found is string {
  return typeof found === "string";
}

/** `p=` for the domain itself, `sp=` for those below, `np=` for those that do not exist (RFC 9989 §4.10.1). */
async function policyFor(
  domain: string,
  { domain: owner, record }: PublishedDmarc,
  options: DmarcOptions,
): Promise<DmarcPolicy> {
  if (domain === owner || !isWithinDomain(domain, owner)) return record.policy;
  const forSubdomains = record.subdomainPolicy ?? record.policy;
  if (record.absentPolicy === undefined) return forSubdomains;
  const answer = await options.lookups.lookUp(domain, "A", options);
  return answer.type === "none" && !answer.nameExists ? record.absentPolicy : forSubdomains;
}

/** One step milder for what is not among the percent (RFC 7489 §6.6.4), or when it is only tried (RFC 9989 §4.7). */
function dispositionOf(policy: DmarcPolicy, { percent, isTesting }: DmarcRecord, chance: () => number): DmarcPolicy {
  const isSpared = percent < 100 && chance() * 100 >= percent;
  return isSpared || isTesting ? milder[policy] : policy;
}

const milder: Readonly<Record<DmarcPolicy, DmarcPolicy>> = {
  reject: "quarantine",
  quarantine: "none",
  none: "none",
};

/** RFC 7489 §6.3, `fo`. */
function wantsReport(record: DmarcRecord, { spf, dkim }: DmarcEvidence, aligned: Aligned): boolean {
  if (record.failureReportsTo.length === 0) return false;
  const has = (option: string): boolean => record.failureOptions.includes(option);
  const isDkimAligned = aligned.alignedDkim !== undefined;
  const isSpfAligned = aligned.alignedSpf !== undefined;
  return (
    (has("0") && !isDkimAligned && !isSpfAligned) ||
    (has("1") && !(isDkimAligned && isSpfAligned)) ||
    (has("d") && dkim.some(({ status }) => status !== "pass")) ||
    (has("s") && spf.result !== "pass" && spf.result !== "none")
  );
}
