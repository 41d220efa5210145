import { type MimePart, type MimeValue, parseMimeValue } from "@hawser/mime";
import { formatNstring } from "../wire/format.ts";
import { octetText } from "../wire/octet-text.ts";
import { formatEnvelope } from "./envelope.ts";

/** The parts of a message as FETCH gives them (RFC 9051 §7.5.2): `BODYSTRUCTURE`, or `BODY` without what extends it. */
export function formatBodyStructure(part: MimePart, isExtended: boolean, isUtf8: boolean): string {
  const writer = new StructureWriter(isExtended, isUtf8);
  return writer.part(part);
}

class StructureWriter {
  readonly #isExtended: boolean;
  readonly #isUtf8: boolean;

  constructor(isExtended: boolean, isUtf8: boolean) {
    this.#isExtended = isExtended;
    this.#isUtf8 = isUtf8;
  }

  part(part: MimePart): string {
    const isMultipart = part.contentType.value.startsWith("multipart/") && part.parts.length > 0;
    return isMultipart ? this.#multipart(part) : this.#single(part);
  }

  #multipart(part: MimePart): string {
    const [, subtype = ""] = part.contentType.value.split("/");
    const parts = part.parts.map((one) => this.part(one)).join("");
    const extension = this.#isExtended ? ` ${this.#parameters(part.contentType)} ${this.#extension(part)}` : "";
    return `(${parts} ${this.#string(subtype.toUpperCase())}${extension})`;
  }

  #single(part: MimePart): string {
    const fields = this.#fields(part);
    const more = this.#moreOf(part);
    const extension = this.#isExtended ? [this.#header(part, "content-md5"), this.#extension(part)] : [];
    return `(${[...fields, ...more, ...extension].join(" ")})`;
  }

  #fields(part: MimePart): readonly string[] {
    // A multipart without parts is one that cannot be read: IMAP has no such thing, so it is text.
    const isBroken = part.contentType.value.startsWith("multipart/");
    const [type = "", subtype = ""] = (isBroken ? "text/plain" : part.contentType.value).split("/");
    return [
      this.#string(type.toUpperCase()),
      this.#string(subtype.toUpperCase()),
      this.#parameters(part.contentType),
      this.#header(part, "content-id"),
      this.#header(part, "content-description"),
      this.#string(part.transferEncoding.toUpperCase()),
      String(part.end - part.bodyStart),
    ];
  }

  #moreOf(part: MimePart): readonly string[] {
    const { value } = part.contentType;
    const [inner] = part.parts;
    const lines = String(part.bodyLineCount);
    if (inner !== undefined && value.startsWith("message/"))
      return [formatEnvelope(inner.header, this.#isUtf8), this.part(inner), lines];
    return value.startsWith("text/") || value.startsWith("multipart/") ? [lines] : [];
  }

  #extension(part: MimePart): string {
    const disposition = part.header.get("content-disposition");
    const told = disposition === undefined ? undefined : parseMimeValue(disposition);
    const formatted =
      told === undefined || told.value === "" ? "NIL" : `(${this.#string(told.value)} ${this.#parameters(told)})`;
    return `${formatted} ${this.#languages(part)} ${this.#header(part, "content-location")}`;
  }

  #languages(part: MimePart): string {
    const tags = (part.header.get("content-language") ?? "")
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== "");
    if (tags.length === 0) return "NIL";
    return tags.length === 1 ? this.#string(tags[0]!) : `(${tags.map((tag) => this.#string(tag)).join(" ")})`;
  }

  #parameters({ rawParameters }: MimeValue): string {
    if (rawParameters.length === 0) return "NIL";
    return `(${rawParameters.map(([name, value]) => `${this.#string(name)} ${this.#string(value)}`).join(" ")})`;
  }

  #header(part: MimePart, name: string): string {
    const body = part.header.get(name);
    return body === undefined || body === "" ? "NIL" : this.#string(body);
  }

  #string(text: string): string {
    return formatNstring(octetText(text), this.#isUtf8);
  }
}
