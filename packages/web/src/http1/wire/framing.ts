import { HttpHeaders, httpFieldIsNamed, httpFieldValueAt } from "../../http/headers.ts";
import { isHttpToken, trimBlanks } from "../../http/octets.ts";
import { Http1ProtocolError } from "../errors.ts";
import type { Http1Version } from "./start-line.ts";

/** How a body's end is known (RFC 9112 §6.3). `close`: by the end of the connection, in responses only. */
export type Http1BodyKind = "none" | "length" | "chunked" | "close";

/** The fields that move the connection itself. Their text is read from the head; of all others no string is made. */
export interface FramingFields {
  host: string | undefined;
  contentLength: number | undefined;
  /** Whether the one transfer coding we know is there; others are refused. */
  chunked: boolean;
  close: boolean;
  keepAlive: boolean;
  /** Protocols of Upgrade, in lower case; only when Connection names the field (RFC 9110 §7.8). */
  upgrade: readonly string[];
  expect: string | undefined;
  /** Client: the `timeout` of Keep-Alive, in milliseconds. */
  keepAliveTimeoutMs: number | undefined;
}

const none: readonly string[] = [];

/**
 * Reads the framing fields of a scanned head.
 * @throws {Http1ProtocolError} on two Hosts, two Content-Lengths (equal ones too), a Content-Length that is not one number, and transfer codings other than chunked
 */
export function readFramingFields(head: string, marks: readonly number[], version: Http1Version): FramingFields {
  const fields: FramingFields = {
    host: undefined,
    contentLength: undefined,
    chunked: false,
    close: false,
    keepAlive: false,
    upgrade: none,
    expect: undefined,
    keepAliveTimeoutMs: undefined,
  };
  let codings: string | undefined;
  let upgrade: string | undefined;
  let upgradeNamed = false;
  for (let i = 0; i + 1 < marks.length; i += 2) {
    const name = framingName(head, marks[i]!, marks[i + 1]!);
    if (name === undefined) continue;
    const value = httpFieldValueAt(head, marks, i >> 1);
    switch (name) {
      case "host":
        if (fields.host !== undefined) throw new Http1ProtocolError("bad-host", "Host is repeated");
        fields.host = value;
        break;
      case "content-length":
        if (fields.contentLength !== undefined) throw new Http1ProtocolError("bad-content-length", "it is repeated");
        fields.contentLength = parseContentLength(value);
        break;
      case "transfer-encoding":
        codings = codings === undefined ? value : `${codings}, ${value}`;
        break;
      case "connection":
        upgradeNamed = readConnectionOptions(value, fields) || upgradeNamed;
        break;
      case "upgrade":
        upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`;
        break;
      case "expect":
        fields.expect = fields.expect === undefined ? value.toLowerCase() : `${fields.expect}, ${value}`;
        break;
      case "keep-alive":
        fields.keepAliveTimeoutMs = parseKeepAliveTimeout(value);
        break;
      default:
        name satisfies never;
    }
  }
  if (upgradeNamed && upgrade !== undefined && version === "1.1") fields.upgrade = listMembers(upgrade);
  if (codings !== undefined) {
    checkTransferCodings(codings, version, fields.contentLength);
    fields.chunked = true;
  }
  return fields;
}

type FramingName = "host" | "expect" | "upgrade" | "connection" | "keep-alive" | "content-length" | "transfer-encoding";

/** The framing fields, found by the length of their names: most other fields are passed over without a comparison. */
const framingNamesByLength: readonly (readonly FramingName[] | undefined)[] = byLength([
  "host",
  "expect",
  "upgrade",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
]);

function byLength(names: readonly FramingName[]): FramingName[][] {
  const table: FramingName[][] = Array.from({ length: 18 }, () => []);
  for (const name of names) table[name.length]!.push(name);
  return table;
}

function framingName(head: string, start: number, colon: number): FramingName | undefined {
  const candidates = framingNamesByLength[colon - start];
  if (candidates === undefined) return undefined;
  for (const name of candidates) {
    if (httpFieldIsNamed(head, start, colon, name)) return name;
  }
  return undefined;
}

/** Content-Length = 1*DIGIT (RFC 9110 §8.6), and no more than JavaScript counts exactly. */
function parseContentLength(value: string): number {
  const length = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(length)) return length;
  throw new Http1ProtocolError("bad-content-length");
}

/** Notes `close` and `keep-alive`; tells whether `upgrade` is named (RFC 9110 §7.6.1). */
function readConnectionOptions(value: string, fields: FramingFields): boolean {
  let upgradeNamed = false;
  for (const option of value === "keep-alive" ? keepAliveOnly : listMembers(value)) {
    if (option === "close") fields.close = true;
    else if (option === "keep-alive") fields.keepAlive = true;
    else if (option === "upgrade") upgradeNamed = true;
  }
  return upgradeNamed;
}

const keepAliveOnly: readonly string[] = ["keep-alive"];

/**
 * Takes `chunked` and nothing else. What does not end in chunked has no length (400, RFC 9112 §6.3); what does, but is
 * coded besides, we cannot decode (501, §6.1). With Content-Length, or in HTTP/1.0, it is how requests are smuggled (§6.1).
 */
function checkTransferCodings(text: string, version: Http1Version, contentLength: number | undefined): void {
  const codings = listMembers(text);
  if (codings.at(-1) !== "chunked" || codings.indexOf("chunked") !== codings.length - 1) {
    throw new Http1ProtocolError("bad-transfer-encoding");
  }
  if (version === "1.0") throw new Http1ProtocolError("bad-transfer-encoding", "HTTP/1.0 has no Transfer-Encoding");
  if (contentLength !== undefined) throw new Http1ProtocolError("ambiguous-length");
  const [first] = codings;
  if (codings.length === 1) return;
  if (!isHttpToken(first!.split(";")[0]!.trimEnd())) throw new Http1ProtocolError("bad-transfer-encoding");
  throw new Http1ProtocolError("unsupported-transfer-coding");
}

function parseKeepAliveTimeout(value: string): number | undefined {
  const [, seconds] = /(?:^|,)[ \t]*timeout=([0-9]{1,6})[ \t]*(?:,|$)/i.exec(value) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** The members of a comma-separated list in lower case, empty ones left out (RFC 9110 §5.6.1). */
function listMembers(value: string): readonly string[] {
  const members = value.toLowerCase().split(",");
  return members.map((member) => trimBlanks(member)).filter((member) => member !== "");
}

/** Trailer fields as headers of their own, never merged (RFC 9110 §6.5.1); `undefined` when there are none. */
export function trailersOver(text: string, marks: readonly number[]): HttpHeaders | undefined {
  return marks.length < 2 ? undefined : HttpHeaders.overHead(text, marks);
}
