import { EndpointError, type EndpointSpan } from "./error.ts";

/** One part of an endpoint: `7777`, or `interface=127.0.0.1` with its name apart. The span is the value's. */
export interface EndpointField extends EndpointSpan {
  readonly name: string | undefined;
  readonly value: string;
  /** Where the field begins: at its name, where it has one. */
  readonly start: number;
}

/** An IPv6 address in brackets, which keeps its colons. */
const bracketed = /\[[0-9A-Fa-f:.]*(?:%[^\]:\\]*)?\]/y;

/**
 * Takes Twisted's spelling apart: `:` separates, the first `=` after a word names, `\` makes the next character
 * ordinary. An IPv6 address in brackets needs no escapes.
 */
export function readFields(text: string, start: number): EndpointField[] {
  const fields: EndpointField[] = [];
  for (let at = start; at < text.length || (at === text.length && fields.length > 0); ) {
    const { field, end } = readField(text, at);
    fields.push(field);
    at = end + 1;
  }
  return fields;
}

/** Reads one field, up to the `:` after it or the end of the text. */
export function readField(text: string, start: number): { readonly field: EndpointField; readonly end: number } {
  let name: string | undefined;
  let value = "";
  let offset = start;
  let at = start;
  while (at < text.length && text[at] !== ":") {
    const address = bracketedAt(text, at);
    if (address !== undefined) {
      value += address;
      at += address.length;
    } else if (text[at] === "=" && name === undefined && /^[A-Za-z][\w-]*$/.test(value)) {
      name = value;
      value = "";
      offset = ++at;
    } else {
      if (text[at] === "\\") at = escaped(text, at);
      value += text[at++];
    }
  }
  return { field: { name, value, start, offset, length: at - offset }, end: at };
}

/** Spells a value so that {@link readFields} gives it back. */
export function escapeField(value: string): string {
  return value.replace(/\[[0-9A-Fa-f:.]*(?:%[^\]:\\]*)?\]|[\\:=]/g, (part) => (part.length > 1 ? part : `\\${part}`));
}

function bracketedAt(text: string, at: number): string | undefined {
  if (text[at] !== "[") return undefined;
  bracketed.lastIndex = at;
  return bracketed.exec(text)?.[0];
}

function escaped(text: string, at: number): number {
  if (at + 1 < text.length) return at + 1;
  throw new EndpointError("bad-syntax", text, { offset: at, length: 1 }, 'a "\\" stands alone at the end');
}
