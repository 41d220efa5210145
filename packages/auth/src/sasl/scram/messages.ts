/** The four messages of SCRAM (RFC 5802 §7), both ways. */
import { quote } from "@hawser/core";
import { type SaslProtocolError, saslFault } from "../errors.ts";
import { saslLimits } from "../limits.ts";
import { readBase64, requireLength } from "../reading.ts";

/** What a client says about channel binding. */
export type ScramBindingFlag =
  | { readonly type: "none" } // `n`: it has none
  | { readonly type: "unoffered" } // `y`: it has, and believes that the server has not
  | { readonly type: "used"; readonly name: string }; // `p=name`

/** gs2-header: the flag, and the identity to act as. `text` is the header as it was sent, which the proof covers. */
export interface ScramHeader {
  readonly text: string;
  readonly flag: ScramBindingFlag;
  readonly authzid: string | undefined;
}

/** client-first-message. `bare` is what the proof covers of it. */
export interface ScramClientFirst {
  readonly header: ScramHeader;
  readonly bare: string;
  readonly user: string;
  readonly nonce: string;
}

/** server-first-message. */
export interface ScramServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** client-final-message. `withoutProof` is what the proof covers of it. */
export interface ScramClientFinal {
  readonly withoutProof: string;
  /** `c=`: the header and the channel's octets. */
  readonly binding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
}

/** server-final-message. */
export type ScramServerFinal =
  | { readonly type: "error"; readonly error: string }
  | { readonly type: "signature"; readonly signature: Uint8Array };

// gs2-header = ( "p=" cb-name / "n" / "y" ) "," [ "a=" saslname ] ","
const header = /^(?:([ny])|p=([A-Za-z0-9.-]{1,64})),(?:a=([^,]*))?,/;

/** Reads the first message of a client. @throws {SaslProtocolError} */
export function parseScramClientFirst(text: string): ScramClientFirst {
  const [whole, flag, name, authzid] = header.exec(text) ?? [];
  if (whole === undefined) throw unreadable("it has no gs2-header");
  const bare = text.slice(whole.length);
  const { n, r } = attributes(bare, ["n", "r"]);
  return {
    header: { text: whole, flag: flagOf(flag, name), authzid: authzid === undefined ? undefined : saslName(authzid) },
    bare,
    user: saslName(n!),
    nonce: nonceOf(r!),
  };
}

/** Writes the header of a client's first message. */
export function formatScramHeader(flag: ScramBindingFlag, authzid: string | undefined): string {
  const letter = { none: "n", unoffered: "y", used: "p" }[flag.type];
  const name = flag.type === "used" ? `=${flag.name}` : "";
  return `${letter}${name},${authzid === undefined ? "" : `a=${escapeName(authzid)}`},`;
}

/** Writes the rest of a client's first message. */
export function formatScramClientFirstBare(user: string, nonce: string): string {
  return `n=${escapeName(user)},r=${nonce}`;
}

/** Reads the first message of a server. @throws {SaslProtocolError} */
export function parseScramServerFirst(text: string): ScramServerFirst {
  const { r, s, i } = attributes(text, ["r", "s", "i"]);
  if (!/^[1-9]\d{0,9}$/.test(i!)) throw unreadable(`${quote(i!)} is no number of iterations`);
  const salt = readBase64(s!, syntax);
  if (salt.length === 0) throw unreadable("there is no salt");
  if (salt.length > saslLimits.saltOctetsMax)
    throw saslFault("too-long", "Cannot use the salt: it is too long", syntax);
  return { nonce: nonceOf(r!), salt, iterations: Number(i) };
}

/** Writes the first message of a server. */
export function formatScramServerFirst({ nonce, salt, iterations }: ScramServerFirst): string {
  return `r=${nonce},s=${base64(salt)},i=${iterations}`;
}

/** Reads the last message of a client. @throws {SaslProtocolError} */
export function parseScramClientFinal(text: string): ScramClientFinal {
  const at = text.lastIndexOf(",p=");
  if (at < 0) throw unreadable("it has no proof");
  const withoutProof = text.slice(0, at);
  const { c, r } = attributes(withoutProof, ["c", "r"]);
  const proof = readBase64(text.slice(at + ",p=".length), syntax);
  return { withoutProof, binding: readBase64(c!, syntax), nonce: nonceOf(r!), proof };
}

/** Writes the last message of a client, but for the proof. */
export function formatScramClientFinal(binding: Uint8Array, nonce: string): string {
  return `c=${base64(binding)},r=${nonce}`;
}

/** Reads the last message of a server. @throws {SaslProtocolError} */
export function parseScramServerFinal(text: string): ScramServerFinal {
  const [, letter, value] = /^([ev])=([^,]+)(?:,.*)?$/s.exec(text) ?? [];
  if (letter === undefined) throw unreadable("it is neither a signature nor an error");
  return letter === "e"
    ? { type: "error", error: value! }
    : { type: "signature", signature: readBase64(value!, syntax) };
}

/** Attributes in the order they must have; what follows are extensions, which are passed over. */
function attributes(text: string, letters: readonly string[]): Readonly<Record<string, string>> {
  const parts = text.split(",", saslLimits.fieldsMax);
  if (parts[0]!.startsWith("m=")) throw unreadable("it has an extension that must not be ignored");
  const values = parts.map((part) => /^([A-Za-z])=([^\0]+)$/s.exec(part));
  if (values.includes(null)) throw unreadable("a field is not like x=…");
  for (const [at, letter] of letters.entries())
    if (values[at]?.[1] !== letter) throw unreadable(`the field ${letter}= is not where it belongs`);
  return Object.fromEntries(letters.map((letter, at) => [letter, values[at]![2]!]));
}

function flagOf(letter: string | undefined, name: string | undefined): ScramBindingFlag {
  if (name !== undefined) return { type: "used", name };
  return letter === "y" ? { type: "unoffered" } : { type: "none" };
}

function nonceOf(text: string): string {
  requireLength("nonce", text, saslLimits.nonceOctetsMax, syntax);
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(text)) throw unreadable("the nonce has characters that it may not have");
  return text;
}

/** A name in which `=2C` and `=3D` stand for a comma and an equals sign. */
function saslName(text: string): string {
  if (/=(?!2C|3D)/.test(text)) throw unreadable("the name has an equals sign by itself");
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

function escapeName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}

function unreadable(why: string): SaslProtocolError {
  return saslFault("bad-message", `Cannot read the SCRAM message: ${why}`, syntax);
}

const syntax = "RFC 5802 §7";
