import { type DmarcRecord, isDmarcRecord, parseDmarcRecord } from "../../sender/dmarc/record.ts";
import { walkDmarcTree } from "../../sender/dmarc/tree-walk.ts";
import { isWithinDomain } from "../../sender/domain.ts";
import type { MailDnsFinding } from "../finding.ts";
import { findingsAbout, type MailDnsContext, UnknownAnswer, valuesAt } from "./context.ts";

/** What others do with mail that is not the domain's own (RFC 9989 §4). */
export async function checkDmarc(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain, reportsTo, dmarcPolicy } = context.setup;
  const name = `_dmarc.${domain}`;
  const finding = findingsAbout("DMARC", name);
  const todo = `publish "${name}. TXT \\"v=DMARC1; p=${dmarcPolicy}; rua=mailto:${reportsTo}\\""`;
  const texts = await valuesAt(context, name, "TXT");
  const [text, ...more] = texts.filter(isDmarcRecord);
  if (text === undefined) return [await withoutRecord(texts.length, todo, context)];
  if (more.length > 0)
    // RFC 9989 §4.10
    return [finding("wrong", `there are ${more.length + 1} policies, so that none counts`, "keep one of them")];
  const faults = tagFaults(text);
  if (faults.length > 0) return faults.map((fault) => finding("wrong", fault, todo));
  const record = parseDmarcRecord(text);
  const strangers = await unasked(record, context);
  const advice = adviceOn(record).map((one) => finding("advice", ...one));
  return strangers.length > 0 ? [...strangers, ...advice] : [finding("good", text), ...advice];
}

/** A policy above counts for a domain that has none of its own. */
async function withoutRecord(others: number, todo: string, context: MailDnsContext): Promise<MailDnsFinding> {
  const { domain } = context.setup;
  const finding = findingsAbout("DMARC", `_dmarc.${domain}`);
  if (others > 0) return finding("wrong", "what is published does not begin with v=DMARC1", todo);
  const walk = await walkDmarcTree(domain, context.lookups, { signal: context.signal });
  if (walk === "failed") throw new UnknownAnswer("the DNS does not tell the policies above");
  const above = walk.at(-1);
  if (above === undefined) return finding("missing", "nothing says what to do with forged mail", todo);
  return finding(
    "good",
    `the policy of ${above.domain} counts: ${above.record.subdomainPolicy ?? above.record.policy}`,
  );
}

/** Whoever is to get reports and is not of the domain must have said that they want them (RFC 7489 §7.1). */
async function unasked({ reportsTo }: DmarcRecord, context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain } = context.setup;
  const findings: MailDnsFinding[] = [];
  for (const uri of reportsTo) {
    const [, host] = /^mailto:[^@]+@([^?\s]+)/i.exec(uri) ?? [];
    if (host === undefined || isRelated(host.toLowerCase(), domain)) continue;
    const name = `${domain}._report._dmarc.${host.toLowerCase()}`;
    if ((await valuesAt(context, name, "TXT")).some(isDmarcRecord)) continue;
    const todo = `have "${name}. TXT \\"v=DMARC1\\"" published there, or name an address of ${domain}`;
    findings.push(findingsAbout("DMARC", name)("wrong", `${host} has not said that it wants the reports`, todo));
  }
  return findings;
}

function isRelated(one: string, other: string): boolean {
  return isWithinDomain(one, other) || isWithinDomain(other, one);
}

/** What a reader would pass over in silence (RFC 9989 §4.7). */
function tagFaults(text: string): readonly string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const piece of text.split(";").filter((one) => one.trim() !== "")) {
    const equals = piece.indexOf("=");
    const [name, value] = [piece.slice(0, Math.max(equals, 0)).trim().toLowerCase(), piece.slice(equals + 1).trim()];
    const isRight = Object.hasOwn(tags, name) ? tags[name] : undefined;
    if (equals === -1) faults.push(`"${piece.trim()}" says nothing`);
    else if (seen.has(name)) faults.push(`${name}= is there twice`);
    else if (isRight?.test(value) === false) faults.push(`${name}=${value} means nothing`);
    seen.add(name);
  }
  return seen.has("p") ? faults : [...faults, "it has no p=, which says what to do"];
}

const policy = /^(?:none|quarantine|reject)$/i;
const uris =
  /^(?:mailto:[^@\s,]+@[^@\s,]+|https?:\/\/[^\s,]+)(?:\s*,\s*(?:mailto:[^@\s,]+@[^@\s,]+|https?:\/\/[^\s,]+))*$/i;
const tags: Readonly<Record<string, RegExp>> = {
  adkim: /^[rs]$/i,
  aspf: /^[rs]$/i,
  fo: /^[01ds](?:\s*:\s*[01ds])*$/i,
  np: policy,
  p: policy,
  pct: /^(?:100|\d{1,2})$/,
  psd: /^[ynu]$/i,
  rf: /^afrf$/i,
  ri: /^\d+$/,
  rua: uris,
  ruf: uris,
  sp: policy,
  t: /^[yn]$/i,
  v: /^DMARC1$/,
};

function adviceOn({ policy: said, reportsTo }: DmarcRecord): readonly (readonly [text: string, todo: string])[] {
  return [
    ...(said === "none"
      ? [["nobody does anything about forged mail (p=none)", "say p=quarantine when the reports are good"] as const]
      : []),
    ...(reportsTo.length === 0 ? [["nobody gets reports", "add rua=mailto:…"] as const] : []),
  ];
}
