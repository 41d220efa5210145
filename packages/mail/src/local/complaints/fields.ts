import { allParts, type MailField, mailboxesOf, parseAddressList } from "@hawser/mime";
import type { ComplaintSource } from "./source.ts";

/** Fields that may be there once (RFC 5322 §3.6, RFC 2045 §3). */
const once: ReadonlySet<string> = new Set([
  ...["date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject"],
  ...[
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-id",
    "content-disposition",
    "content-description",
  ],
]);

/** The header of a message, and those of its parts. */
export function complainOfFields(source: ComplaintSource): void {
  for (const part of allParts(source.tree)) {
    const seen = new Set<string>();
    for (const [field, offset] of source.fields(part)) {
      complainOfSpelling(source, field, offset);
      const name = field.name.toLowerCase();
      if (seen.has(name) && once.has(name))
        source.complain("field-twice", offset, { text: `${field.name} is there a second time`, ...sectionFor(name) });
      seen.add(name);
    }
  }
  complainOfMissing(source);
  complainOfPresent(source);
  complainOfIdentifiers(source);
}

function sectionFor(name: string): { readonly section?: string } {
  return /^(content-|mime-)/.test(name) ? { section: "RFC 2045 §3" } : {};
}

function complainOfSpelling(source: ComplaintSource, { name, octets }: MailField, offset: number): void {
  const { utf8 = false } = source.facts;
  const excerpt = octets.split(/\r?\n/)[0];
  if (name === "") return source.complain("field-syntax", offset, { excerpt });
  if (/^[!-9;-~]+[ \t]+:/.test(octets)) source.complain("field-space", offset, { excerpt });
  if (/\n[ \t]+\r?(?:\n|$)/.test(octets)) source.complain("fold-blank", offset, { excerpt });
  const body = octets.replace(/\r?\n/g, "");
  if (/[\x01-\x08\x0b-\x1f\x7f]/.test(body)) source.complain("field-control", offset, { excerpt });
  if (!/[\x80-\xff]/.test(body)) return;
  if (!isUtf8(body)) source.complain("field-not-utf8", offset, { excerpt: name });
  else if (!utf8) source.complain("field-not-ascii", offset, { excerpt: Buffer.from(body, "latin1").toString() });
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function isUtf8(octets: string): boolean {
  try {
    strictUtf8.decode(Buffer.from(octets, "latin1"));
    return true;
  } catch {
    return false;
  }
}

function complainOfMissing(source: ComplaintSource): void {
  const { header } = source.tree;
  if (!header.has("date")) source.complain("date-missing");
  if (!header.has("from")) source.complain("from-missing");
  if (!header.has("message-id")) source.complain("message-id-missing");
  if (!header.has("subject")) source.complain("subject-missing");
  if (!["to", "cc", "bcc"].some((name) => header.has(name))) source.complain("destination-missing");
  const authors = header.all("from").flatMap((body) => mailboxesOf(parseAddressList(body)));
  if (authors.length > 1 && !header.has("sender"))
    source.complain("sender-missing", source.offsetOf(source.tree, "from"));
  const mime = header.fields.find(({ name }) => /^content-/i.test(name));
  if (mime !== undefined && !header.has("mime-version"))
    source.complain("mime-version-missing", source.offsetOf(source.tree, mime.name.toLowerCase()));
}

function complainOfPresent(source: ComplaintSource): void {
  const { tree } = source;
  const { header } = tree;
  if ((header.get("bcc") ?? "") !== "") source.complain("bcc-left", source.offsetOf(tree, "bcc"));
  if (header.has("return-path")) source.complain("return-path", source.offsetOf(tree, "return-path"));
  const version = header.get("mime-version");
  if (version !== undefined && !/^1\s*\.\s*0$/.test(version.replace(/\([^()]*\)/g, "").trim()))
    source.complain("mime-version", source.offsetOf(tree, "mime-version"), { excerpt: version });
}

/** atext of dot-atoms, and what stands between brackets (RFC 5322 §3.6.4); UTF-8 is a letter like others (RFC 6532 §3.2). */
const identifier =
  /^<[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*@(?:[^\s()<>[\]:;@\\,."]+(?:\.[^\s()<>[\]:;@\\,."]+)*|\[[^\s[\]\\]*\])>$/;

function complainOfIdentifiers(source: ComplaintSource): void {
  for (const [field, offset] of source.fields(source.tree)) {
    const name = field.name.toLowerCase();
    const body = source
      .body(field)
      .replace(/\([^()]*\)/g, " ")
      .trim();
    const isOne = name === "message-id";
    if (!isOne && name !== "in-reply-to" && name !== "references") continue;
    const ids = isOne ? [body] : body.split(/\s+|(?<=>)(?=<)/);
    const bad = ids.find((id) => !identifier.test(id));
    if (bad === undefined) continue;
    const text = `${field.name} is not spelt <left@right>`;
    source.complain("message-id-syntax", offset, { text, excerpt: body, level: isOne ? "error" : "warning" });
  }
  for (const part of allParts(source.tree)) {
    const id = part.header.get("content-id");
    if (id !== undefined && !identifier.test(id))
      source.complain("content-id-syntax", source.offsetOf(part, "content-id"), { excerpt: id });
  }
}
