import { quote } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointError, type EndpointSpan } from "./error.ts";
import { readFields } from "./fields.ts";
import { endpointKindOf, endpointTypes, findEndpointKind } from "./kinds.ts";
import { suggestion } from "./nearest.ts";
import { readUrlFields } from "./url-fields.ts";

const nestingMax = 8;

/**
 * Reads an endpoint in either spelling: `tcp:7777:interface=127.0.0.1` (`:` separates, `=` names, `\` escapes) or
 * `tcp://127.0.0.1:7777?backlog=50`. {@link formatEndpoint} is its inverse.
 * @throws {EndpointError} with the offset and length of the part that is wrong
 */
export function parseEndpoint(text: string): Endpoint {
  return parseFrom(text, 0, nestingMax);
}

/** Spells an endpoint the one canonical way, which {@link parseEndpoint} reads back. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpointKindOf(endpoint).write(endpoint, formatEndpoint);
}

/** Takes what people write: text is parsed, objects pass. */
export function toEndpoint(endpoint: string | Endpoint): Endpoint {
  return typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
}

function parseFrom(text: string, offset: number, depth: number): Endpoint {
  if (depth === 0)
    throw new EndpointError("bad-syntax", text, { offset, length: text.length }, "it is nested too deep");
  const type = /^[A-Za-z][A-Za-z0-9+.-]*(?=:|$)/.exec(text.slice(offset))?.[0];
  if (type === undefined) throw new EndpointError("unknown-type", text, firstField(text, offset), noType(text, offset));
  const kind = findEndpointKind(type.toLowerCase());
  if (kind === undefined) {
    const reason = `there is no endpoint type ${quote(type)}, ${suggestion(type, endpointTypes())}`;
    throw new EndpointError("unknown-type", text, { offset, length: type.length }, reason);
  }
  const isUrl = text.startsWith("://", offset + type.length);
  const start = Math.min(text.length, offset + type.length + (isUrl ? 3 : 1));
  return kind.read({
    text,
    start,
    isUrl,
    // Read when asked for: `exec:` and `proxy:` do not follow the rules of fields.
    get fields() {
      return isUrl ? readUrlFields(text, start) : readFields(text, start);
    },
    parseInner: (inner) => parseFrom(text, inner, depth - 1),
  }) as Endpoint;
}

function noType(text: string, offset: number): string {
  const rest = text.slice(offset);
  return /^\d+$/.test(rest)
    ? `it has no type, did you mean "tcp:${rest}"?`
    : "it does not begin with a type and a colon";
}

function firstField(text: string, offset: number): EndpointSpan {
  const end = text.indexOf(":", offset);
  return { offset, length: (end < 0 ? text.length : end) - offset };
}
