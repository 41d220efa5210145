import { fieldBody, type MailField } from "@hawser/mime";
import { asciiDomain, domainOfAddress, isWithinDomain } from "../domain.ts";
import { SenderError } from "../errors.ts";
import { foldedBase64, parseTagList, withoutSpace } from "../tags.ts";
import type { DkimCanonicalization } from "./words.ts";

/** What a field `DKIM-Signature` says (RFC 6376 §3.5). Domains are in lower case, as A-labels. */
export interface DkimSignature {
  /** `a=`: one of {@link DkimAlgorithm}, or what nobody takes. */
  readonly algorithm: string;
  /** `b=` */
  readonly octets: Uint8Array;
  /** `bh=` */
  readonly bodyHash: Uint8Array;
  /** `c=` */
  readonly headerCanonicalization: DkimCanonicalization;
  readonly bodyCanonicalization: DkimCanonicalization;
  /** `d=`: who answers for the message. */
  readonly domain: string;
  /** `s=` */
  readonly selector: string;
  /** `i=`: for whom; by default `@` and the domain. */
  readonly identity: string;
  /** `h=`, in lower case. */
  readonly signedFields: readonly string[];
  /** `l=`: octets of the body that are signed; `undefined`: all. */
  readonly bodyOctets: number | undefined;
  /** `t=`, `x=`: when it was made and until when it holds, in seconds since 1970. */
  readonly signedAt: number | undefined;
  readonly expiresAt: number | undefined;
}

/** Reads a field `DKIM-Signature`. @throws {SenderError} `bad-signature` */
export function parseDkimSignature(field: MailField): DkimSignature {
  const tags = parseTagList(fieldBody(field));
  if (tags === undefined) throw bad("it is no list of tags");
  if (tags.get("v") !== "1") throw bad("it is not of version 1");
  const methods = (tags.get("q") ?? "dns/txt").split(":").map((method) => method.trim().toLowerCase());
  if (!methods.includes("dns/txt")) throw bad("its key is not in the DNS");
  const [headerCanonicalization, bodyCanonicalization] = canonicalizations(tags.get("c"));
  const domain = domainTag(tags, "d");
  return {
    algorithm: algorithmTag(tags),
    octets: base64Tag(tags, "b"),
    bodyHash: base64Tag(tags, "bh"),
    headerCanonicalization,
    bodyCanonicalization,
    domain,
    selector: selectorTag(tags),
    identity: identityTag(tags, domain),
    signedFields: fieldsTag(tags),
    bodyOctets: numberTag(tags, "l", 76),
    ...times(tags),
  };
}

function times(tags: Tags): Pick<DkimSignature, "expiresAt" | "signedAt"> {
  const signedAt = numberTag(tags, "t", 12);
  const expiresAt = numberTag(tags, "x", 12);
  if (signedAt !== undefined && expiresAt !== undefined && expiresAt < signedAt) throw bad("it ends before it begins");
  return { signedAt, expiresAt };
}

type Tags = ReadonlyMap<string, string>;

function needed(tags: Tags, name: string): string {
  const value = tags.get(name);
  if (value === undefined || value === "") throw bad(`it has no ${name}=`);
  return value;
}

function algorithmTag(tags: Tags): string {
  const algorithm = needed(tags, "a").toLowerCase();
  if (!/^[a-z0-9-]{1,64}$/.test(algorithm)) throw bad("a= is no word");
  return algorithm;
}

function base64Tag(tags: Tags, name: string): Uint8Array {
  const octets = foldedBase64(needed(tags, name));
  if (octets === undefined) throw bad(`${name}= is no base64`);
  return octets;
}

function domainTag(tags: Tags, name: string): string {
  const domain = asciiDomain(withoutSpace(needed(tags, name)));
  if (domain === undefined) throw bad(`${name}= is no domain`);
  return domain;
}

/** Labels with dots between (RFC 6376 §3.1): a name together with what lies below. */
function selectorTag(tags: Tags): string {
  const below = asciiDomain(`${withoutSpace(needed(tags, "s"))}._domainkey`);
  if (below === undefined) throw bad("s= is no selector");
  return below.slice(0, -"._domainkey".length);
}

function identityTag(tags: Tags, domain: string): string {
  const identity = tags.get("i");
  if (identity === undefined) return `@${domain}`;
  const at = identity.lastIndexOf("@");
  const place = asciiDomain(domainOfAddress(withoutSpace(identity)));
  if (at === -1 || place === undefined || !isWithinDomain(place, domain)) throw bad("i= is not below d=");
  return `${identity.slice(0, at).trim()}@${place}`;
}

function fieldsTag(tags: Tags): readonly string[] {
  const names = withoutSpace(needed(tags, "h")).toLowerCase().split(":");
  if (names.some((name) => !/^[!-9;-~]+$/.test(name))) throw bad("h= is no list of fields");
  if (!names.includes("from")) throw bad("h= has no From");
  return names;
}

function canonicalizations(value = "simple/simple"): readonly [DkimCanonicalization, DkimCanonicalization] {
  const [header, body = "simple", more] = withoutSpace(value).toLowerCase().split("/");
  if (!isCanonicalization(header) || !isCanonicalization(body) || more !== undefined) throw bad("c= is not known");
  return [header, body];
}

function isCanonicalization(word: string | undefined): word is DkimCanonicalization {
  return word === "simple" || word === "relaxed";
}

function numberTag(tags: Tags, name: string, digitsMax: number): number | undefined {
  const value = tags.get(name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || value.length > digitsMax) throw bad(`${name}= is no number`);
  return Number(value);
}

function bad(reason: string): SenderError {
  return new SenderError("bad-signature", `Cannot read the DKIM signature: ${reason}`);
}
