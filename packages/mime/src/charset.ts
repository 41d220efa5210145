import { builtIn, quote } from "@hawser/core/protocol";
import { MimeError } from "./errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether text can be read that says it is written so: `iso-8859-1`, `koi8-r`, `utf-7`, … */
export function isKnownCharset(charset: string): boolean {
  return decoderOf(charset) !== undefined;
}

/**
 * The text that octets mean (RFC 2045 §2.2). What has no meaning becomes U+FFFD. A charset that nobody knows is read as UTF-8
 * where that fits, else as Windows-1252.
 */
export function decodeCharset(octets: Uint8Array, charset: string): string {
  return (decoderOf(charset) ?? decodeUnlabelled)(octets);
}

/** Text without a charset: UTF-8 where it is that (RFC 6532 §3.2), else Windows-1252, of which US-ASCII and Latin-1 are parts. */
export function decodeUnlabelled(octets: Uint8Array): string {
  try {
    return utf8.decode(octets);
  } catch {
    return new TextDecoder("windows-1252").decode(octets);
  }
}

/**
 * The octets of a text.
 * @throws {MimeError} `unknown-charset`
 */
export function encodeCharset(text: string, charset: string): Uint8Array {
  if (/^utf-?8$/i.test(charset)) return Buffer.from(text);
  if (!iconv().encodingExists(charset))
    throw new MimeError("unknown-charset", `Cannot write text in ${quote(charset)}: nobody knows that charset`);
  return iconv().encode(text, charset);
}

type Decode = (octets: Uint8Array) => string;

const decoders = new Map<string, Decode | undefined>();

/** So many names are remembered: peers may think of others without end. */
const namesMax = 256;

function decoderOf(charset: string): Decode | undefined {
  const name = charset.trim().toLowerCase();
  if (decoders.has(name)) return decoders.get(name);
  const decode = findDecoder(name);
  if (decoders.size < namesMax) decoders.set(name, decode);
  return decode;
}

function findDecoder(name: string): Decode | undefined {
  if (name === "" || name === "us-ascii" || name === "ascii") return decodeUnlabelled;
  // UTF-7 and the codepages of DOS are no charsets of the Web: Node does not know them.
  if (isOfTheWeb(name)) return (octets) => new TextDecoder(name).decode(octets);
  if (iconv().encodingExists(name)) return (octets) => iconv().decode(Buffer.from(octets), name);
  return undefined;
}

function isOfTheWeb(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== "replacement";
  } catch {
    return false;
  }
}

let loaded: typeof import("iconv-lite") | undefined;

/** Most messages need none of it, and it takes a sixth of what Node takes to start. */
function iconv(): typeof import("iconv-lite") {
  loaded ??= builtIn("node:module").createRequire(import.meta.url)("iconv-lite") as typeof import("iconv-lite");
  return loaded;
}
