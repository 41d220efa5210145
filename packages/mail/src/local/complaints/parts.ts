import { allParts, type MimePart, textOfPart } from "@hawser/mime";
import { mailComplaintFieldCharactersMax } from "../limits.ts";
import type { ComplaintSource } from "./source.ts";

/** type/subtype with its parameters, comments taken away (RFC 2045 §5.1). Values in quotes hold anything. */
const token = String.raw`[!#$%&'*+.0-9A-Z^_\x60a-z{|}~-]+`;
const parameters = new RegExp(String.raw`^(?:\s*;\s*${token}\s*=\s*(?:${token}|"(?:[^"\\]|\\.)*"))*\s*$`, "s");
const contentType = new RegExp(`^${token}/${token}`);

/** What a part says of itself. */
export function complainOfPart(source: ComplaintSource, part: MimePart): void {
  complainOfValue(source, part, "content-type", contentType);
  complainOfValue(source, part, "content-disposition", new RegExp(`^${token}`));
  const { transferEncoding, contentType: type } = part;
  const isComposite = type.value.startsWith("multipart/") || type.value === "message/rfc822";
  const offset = source.offsetOf(part, "content-transfer-encoding");
  if (!/^(?:7bit|8bit|binary|base64|quoted-printable|x-.+)$/.test(transferEncoding))
    source.complain("transfer-encoding-unknown", offset, { excerpt: transferEncoding });
  else if (isComposite && !/^(?:7bit|8bit|binary)$/.test(transferEncoding))
    source.complain("transfer-encoding-composite", offset, { excerpt: transferEncoding });
  if (type.value.startsWith("multipart/")) complainOfMultipart(source, part);
}

function complainOfValue(source: ComplaintSource, part: MimePart, name: string, kind: RegExp): void {
  const body = part.header.get(name)?.slice(0, mailComplaintFieldCharactersMax);
  if (body === undefined) return;
  const plain = body.replace(/\((?:[^()"\\]|\\.)*\)/g, " ").trim();
  const [told] = kind.exec(plain) ?? [];
  const offset = source.offsetOf(part, name);
  if (told === undefined) {
    const text = name === "content-type" ? undefined : "The disposition cannot be read";
    const section = name === "content-type" ? undefined : "RFC 2183 §2";
    return source.complain("content-type-syntax", offset, { text, section, excerpt: body });
  }
  if (!parameters.test(plain.slice(told.length)) && /[\x00-\x7f]/.test(plain))
    source.complain("parameter-syntax", offset, { excerpt: body });
}

function complainOfMultipart(source: ComplaintSource, part: MimePart): void {
  const offset = source.offsetOf(part, "content-type");
  const boundary = part.contentType.parameters.get("boundary");
  if (boundary === undefined || boundary === "") return source.complain("boundary-missing", offset);
  const isAllowed = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary);
  if (!isAllowed) source.complain("boundary-syntax", offset, { excerpt: boundary });
  if (part.parts.length === 0) return source.complain("boundary-unused", offset, { excerpt: boundary });
  if (!isClosed(source, part, boundary)) source.complain("boundary-unclosed", offset, { excerpt: `--${boundary}--` });
}

/** The closing line is behind the last part. */
function isClosed({ text }: ComplaintSource, part: MimePart, boundary: string): boolean {
  const behind = text.slice(part.parts.at(-1)!.end, part.end);
  return `\n${behind}`.includes(`\n--${boundary}--`);
}

/** How parts lie in each other, and what they have to do with each other. */
export function complainOfTree(source: ComplaintSource): void {
  complainOfNesting(source, source.tree, new Set());
  const parts = [...allParts(source.tree)];
  const leaves = parts.filter((part) => part.parts.length === 0 && !isAttached(part));
  const html = leaves.filter(({ contentType: { value } }) => value === "text/html");
  if (html.length > 0 && !leaves.some(({ contentType: { value } }) => value === "text/plain"))
    source.complain("text-missing", html[0]!.start);
  complainOfReferences(source, parts, html);
}

function complainOfNesting(source: ComplaintSource, part: MimePart, outer: ReadonlySet<string>): void {
  const boundary = part.contentType.parameters.get("boundary") ?? "";
  const isMultipart = part.contentType.value.startsWith("multipart/");
  if (isMultipart && outer.has(boundary))
    source.complain("boundary-clash", source.offsetOf(part, "content-type"), { excerpt: boundary });
  if (part.contentType.value === "multipart/alternative") {
    const kinds = part.parts.map(({ contentType: { value } }) => value);
    const [text, html] = [kinds.indexOf("text/plain"), kinds.findIndex((kind) => kind !== "text/plain")];
    if (html !== -1 && text > html) source.complain("alternative-order", part.parts[text]!.start);
  }
  const inner = isMultipart && boundary !== "" ? new Set([...outer, boundary]) : outer;
  for (const one of part.parts) complainOfNesting(source, one, inner);
}

function complainOfReferences(source: ComplaintSource, parts: readonly MimePart[], html: readonly MimePart[]): void {
  const known = new Set(parts.map(({ header }) => (header.get("content-id") ?? "").replace(/^<|>$/g, "")));
  for (const part of html) {
    const missing = new Set<string>();
    for (const [, id = ""] of textOfPart(part, source.octets).matchAll(/["'(=]\s*cid:([^"'()\s<>]+)/gi))
      if (!known.has(id) && !known.has(decoded(id))) missing.add(id);
    for (const id of missing) source.complain("content-id-dangling", part.bodyStart, { excerpt: `cid:${id}` });
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function isAttached({ header }: MimePart): boolean {
  return /^\s*attachment/i.test(header.get("content-disposition") ?? "");
}
