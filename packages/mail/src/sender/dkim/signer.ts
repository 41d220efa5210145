import { createHash, sign } from "node:crypto";
import { quote } from "@hawser/core";
import type { MailField, MailHeader } from "@hawser/mime";
import { asciiDomain, domainOfAddress, isWithinDomain } from "../domain.ts";
import { SenderError } from "../errors.ts";
import { type DkimBodyHash, DkimBodyHashes } from "./body-hash.ts";
import { canonicalHeader, canonicalSignatureField } from "./canonical-header.ts";
import { foldTags } from "./fold-tags.ts";
import { type DkimKey, type ReadDkimKey, readDkimKey } from "./keys.ts";
import { type DkimCanonicalization, dkimFieldsDefault, dkimOversignedDefault } from "./words.ts";

/** How messages are signed. */
export interface DkimSignOptions {
  /** One signature for each: an RSA and an Ed25519 key of the same domain, say (RFC 8463 §3). */
  readonly keys: readonly DkimKey[];
  /** Now, in milliseconds since 1970: `reactor.clock.wall()`. */
  readonly now: number;
  /** Default `relaxed`. */
  readonly headerCanonicalization?: DkimCanonicalization | undefined;
  /** Default `relaxed`. */
  readonly bodyCanonicalization?: DkimCanonicalization | undefined;
  /** Names of fields that are signed where they are there. Default {@link dkimFieldsDefault}; `From` always. */
  readonly fields?: readonly string[] | undefined;
  /** Names of fields that may not be added afterwards. Default {@link dkimOversignedDefault}; `From` always. */
  readonly oversigned?: readonly string[] | undefined;
  /** For how long the signatures hold, in seconds. Default: for ever. */
  readonly lifetimeSeconds?: number | undefined;
  /** `i=`: for whom in the domain. Default: for the domain; it must be at or below the domain of every key. */
  readonly identity?: string | undefined;
  /**
   * Signs only so many octets of the body (`l=`): whoever forwards the message may put what they like behind them. Default: all.
   */
  readonly bodyOctets?: number | undefined;
}

/**
 * Signs a message that passes by: its header first, then its body in chunks cut anywhere (RFC 6376 §5).
 *
 * ```ts
 * const key = { domain: "example.org", selector: "2026", privateKey: generateDkimKey("ed25519") };
 * const header = MailHeader.parse("From: alice@example.org\r\nSubject: Hi\r\n\r\n");
 * const signer = new DkimSigner(header, { keys: [key], now: 1_790_000_000_000 });
 * signer.receive(Buffer.from("Hello\r\n"));
 * const signed = new MailHeader([...signer.finish(), ...header.fields]);
 * ```
 */
export class DkimSigner {
  readonly #header: MailHeader;
  readonly #options: DkimSignOptions;
  readonly #keys: readonly ReadDkimKey[];
  readonly #names: readonly string[];
  readonly #identity: string | undefined;
  readonly #body = new DkimBodyHashes();
  readonly #bodyHash: DkimBodyHash;

  /** @throws {SenderError} `bad-key`, `bad-domain`; `bad-message` for a message with no `From`, or several */
  constructor(header: MailHeader, options: DkimSignOptions) {
    const { bodyOctets, bodyCanonicalization = "relaxed" } = options;
    if (header.all("from").length !== 1)
      throw new SenderError("bad-message", "Cannot sign the message: it must have one field From");
    if (bodyOctets !== undefined && !(Number.isSafeInteger(bodyOctets) && bodyOctets >= 0))
      throw new RangeError(`Cannot sign ${bodyOctets} octets of the body: a whole number may be`);
    this.#header = header;
    this.#options = options;
    this.#keys = options.keys.map(readDkimKey);
    this.#names = namesOf(header, options);
    this.#identity = options.identity === undefined ? undefined : identityOf(options.identity, this.#keys);
    this.#bodyHash = this.#body.want(bodyCanonicalization, bodyOctets);
  }

  /** Takes a piece of the body. */
  receive(chunk: Uint8Array): void {
    this.#body.receive(chunk);
  }

  /** The body is over: the fields `DKIM-Signature`, one for each key, to stand before all others. Call it once. */
  finish(): readonly MailField[] {
    this.#body.end();
    return this.#keys.map((key) => this.#field(key));
  }

  #field(key: ReadDkimKey): MailField {
    const { headerCanonicalization: kind = "relaxed" } = this.#options;
    const unsigned = `DKIM-Signature: ${foldTags(this.#tags(key))}`;
    const text = canonicalHeader(this.#header, this.#names, kind) + canonicalSignatureField(unsigned, kind);
    const octets = `${unsigned}${foldedSignature(signatureOf(key, text))}\r\n`;
    return { name: "DKIM-Signature", octets };
  }

  #tags({ domain, selector, type }: ReadDkimKey): readonly (readonly [name: string, value: string])[] {
    const { now, lifetimeSeconds, bodyOctets } = this.#options;
    const { headerCanonicalization = "relaxed", bodyCanonicalization = "relaxed" } = this.#options;
    const seconds = Math.floor(now / 1000);
    const tags: [string, string][] = [
      ["v", "1"],
      ["a", `${type}-sha256`],
      ["c", `${headerCanonicalization}/${bodyCanonicalization}`],
      ["d", domain],
      ["s", selector],
      ["t", String(seconds)],
    ];
    if (this.#identity !== undefined) tags.push(["i", this.#identity]);
    if (lifetimeSeconds !== undefined) tags.push(["x", String(seconds + Math.ceil(lifetimeSeconds))]);
    if (bodyOctets !== undefined) tags.push(["l", String(Math.min(bodyOctets, this.#bodyHash.octetCount))]);
    const bodyHash = Buffer.from(this.#bodyHash.digest).toString("base64");
    return [...tags, ["h", this.#names.join(":")], ["bh", bodyHash], ["b", ""]];
  }
}

/** Signs a whole message: see {@link DkimSigner}. Gives the fields that are to stand before the header. */
export function signDkim(
  header: MailHeader,
  body: Uint8Array | readonly Uint8Array[],
  options: DkimSignOptions,
): readonly MailField[] {
  const signer = new DkimSigner(header, options);
  for (const chunk of body instanceof Uint8Array ? [body] : body) signer.receive(chunk);
  return signer.finish();
}

/** Each field once for each time it is there, and once more where none may be added (RFC 6376 §5.4). */
function namesOf(header: MailHeader, options: DkimSignOptions): readonly string[] {
  const { fields = dkimFieldsDefault, oversigned = dkimOversignedDefault } = options;
  const spelled = new Map(["From", ...fields, ...oversigned].map((name) => [name.toLowerCase(), name]));
  const kept = new Set(["from", ...oversigned.map((name) => name.toLowerCase())]);
  const names: string[] = [];
  for (const [lower, name] of spelled) {
    if (!/^[!-9;-~]+$/.test(name)) throw new TypeError(`Cannot sign the field ${quote(name)}: it is no name`);
    const times = header.all(lower).length + (kept.has(lower) ? 1 : 0);
    for (let i = 0; i < times; i++) names.push(name);
  }
  return names;
}

function identityOf(identity: string, keys: readonly ReadDkimKey[]): string {
  const at = identity.lastIndexOf("@");
  const domain = asciiDomain(domainOfAddress(identity));
  const isBelowAll = domain !== undefined && keys.every((key) => isWithinDomain(domain, key.domain));
  if (at !== -1 && isBelowAll && /^[!-:<-~]*$/.test(identity.slice(0, at))) return `${identity.slice(0, at)}@${domain}`;
  throw new SenderError("bad-domain", `Cannot sign for ${quote(identity)}: it is not in the domain of every key`);
}

/** RSA with PKCS #1 1.5 over the text, Ed25519 over its hash (RFC 8463 §3). */
function signatureOf({ type, privateKey }: ReadDkimKey, text: string): string {
  const octets = Buffer.from(text, "latin1");
  const signature =
    type === "rsa"
      ? sign("sha256", octets, privateKey)
      : sign(null, createHash("sha256").update(octets).digest(), privateKey);
  return signature.toString("base64");
}

function foldedSignature(base64: string): string {
  return (base64.match(/.{1,72}/g) ?? []).map((line) => `\r\n\t${line}`).join("");
}
