import { SenderError } from "../errors.ts";
import { dmarcRecordOctetsMax } from "../limits.ts";

/** What a domain wants done with mail that is not its own (RFC 7489 §6.3, RFC 9989 §4.7). */
export type DmarcPolicy = "none" | "quarantine" | "reject";

/** Whether domains must be the same, or only of the same organization. */
export type DmarcAlignment = "relaxed" | "strict";

/** A policy, as a domain publishes it. */
export interface DmarcRecord {
  /** `p=` */
  readonly policy: DmarcPolicy;
  /** `sp=`: for domains below; `undefined`: as `policy`. */
  readonly subdomainPolicy: DmarcPolicy | undefined;
  /** `np=`: for domains below that do not exist; `undefined`: as those that do (RFC 9091 §3.2). */
  readonly absentPolicy: DmarcPolicy | undefined;
  /** `adkim=` */
  readonly dkimAlignment: DmarcAlignment;
  /** `aspf=` */
  readonly spfAlignment: DmarcAlignment;
  /** `pct=`: so many of a hundred messages are treated so; 0 to 100. RFC 9989 has it no more. */
  readonly percent: number;
  /** `t=y`: it is treated one step milder (RFC 9989 §4.7). */
  readonly isTesting: boolean;
  /** `psd=`: whether others register below it; `undefined`: it is not said (RFC 9989 §4.7). */
  readonly isPublicSuffix: boolean | undefined;
  /** `fo=`: when it wants to hear of single failures: of `0`, `1`, `d`, `s`. */
  readonly failureOptions: readonly string[];
  /** `rua=`: addresses of reports, as URIs. */
  readonly reportsTo: readonly string[];
  /** `ruf=`: addresses of reports of single failures. */
  readonly failureReportsTo: readonly string[];
}

/** Whether a TXT record is a policy of DMARC. */
export function isDmarcRecord(text: string): boolean {
  return /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);
}

/**
 * Reads a policy. What is wrong in it, or unknown, counts as not said (RFC 9989 §4.7); one that does not say what to do still
 * counts when it says where reports go (RFC 7489 §6.6.3).
 * @throws {SenderError} `bad-record`
 */
export function parseDmarcRecord(text: string): DmarcRecord {
  if (!isDmarcRecord(text)) throw bad("it does not begin with v=DMARC1");
  if (text.length > dmarcRecordOctetsMax) throw bad(`it has more than ${dmarcRecordOctetsMax} octets`);
  const tags = tagsOf(text);
  const reportsTo = urisOf(tags.get("rua"));
  const isUsable = ["p", "sp", "np"].every((name) => !tags.has(name) || isPolicy(tags.get(name)));
  if (!isUsable && reportsTo.length === 0) throw bad("it does not say what to do");
  return {
    policy: (isUsable && policyOf(tags.get("p"))) || "none",
    subdomainPolicy: isUsable ? policyOf(tags.get("sp")) : undefined,
    absentPolicy: isUsable ? policyOf(tags.get("np")) : undefined,
    dkimAlignment: alignmentOf(tags.get("adkim")),
    spfAlignment: alignmentOf(tags.get("aspf")),
    percent: percentOf(tags.get("pct")),
    isTesting: tags.get("t")?.toLowerCase() === "y",
    isPublicSuffix: publicSuffixOf(tags.get("psd")),
    failureOptions: (tags.get("fo") ?? "0")
      .toLowerCase()
      .split(":")
      .map((option) => option.trim()),
    reportsTo,
    failureReportsTo: urisOf(tags.get("ruf")),
  };
}

/** The first of each name; pieces without a name count for nothing. */
function tagsOf(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const piece of text.split(";")) {
    const equals = piece.indexOf("=");
    const name = piece.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (name !== "" && !tags.has(name)) tags.set(name, piece.slice(equals + 1).trim());
  }
  return tags;
}

function isPolicy(value: string | undefined): boolean {
  return policyOf(value) !== undefined;
}

function policyOf(value: string | undefined): DmarcPolicy | undefined {
  const word = value?.toLowerCase();
  return word === "none" || word === "quarantine" || word === "reject" ? word : undefined;
}

function alignmentOf(value: string | undefined): DmarcAlignment {
  return value?.toLowerCase() === "s" ? "strict" : "relaxed";
}

function percentOf(value = "100"): number {
  return /^\d{1,3}$/.test(value) ? Math.min(100, Number(value)) : 100;
}

function publicSuffixOf(value: string | undefined): boolean | undefined {
  const word = value?.toLowerCase();
  return word === "y" ? true : word === "n" ? false : undefined;
}

/** Only URIs of mail and of the web are known; a limit of size behind them is left out (RFC 9989 §4.7). */
function urisOf(value = ""): readonly string[] {
  return value
    .split(",")
    .map((uri) => uri.trim().replace(/!\d+[kmgt]?$/i, ""))
    .filter((uri) => /^(?:mailto:[^@\s]+@[^@\s]+|https?:\/\/\S+)$/i.test(uri));
}

function bad(reason: string): SenderError {
  return new SenderError("bad-record", `Cannot read the DMARC record: ${reason}`);
}
