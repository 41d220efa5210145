import { quote } from "@hawser/core/protocol";

import { lowerHttpFieldName, spellHttpFieldName } from "../../http/field-names.ts";
import { HttpHeaders } from "../../http/headers.ts";
import { isHttpFieldValue, isHttpToken } from "../../http/octets.ts";

/** Fields as an application gives them: `[name, value, name, value, …]` in any case, or {@link HttpHeaders}. */
export type Http1Fields = readonly string[] | HttpHeaders;

/** Fields that frame the message or steer the connection: the machine writes them, and only listens to what the application says. */
type Role = "ordinary" | "content-length" | "connection" | "date" | "server" | "host" | "upgrade" | "forbidden";

const roles: Readonly<Record<string, Role>> = {
  "content-length": "content-length",
  connection: "connection",
  date: "date",
  server: "server",
  host: "host",
  upgrade: "upgrade",
  "transfer-encoding": "forbidden",
  "keep-alive": "forbidden",
};

interface FieldName {
  readonly role: Role;
  /** `Content-Type: `, as it goes out. */
  readonly prefix: string;
  /** The value that was checked and written last, and its line: most answers of a server say the same of themselves. */
  lastValue: string | undefined;
  lastLine: string;
}

/** Names that were used before. Applications use few; proxies pass on what peers send, hence the bound. */
const fieldNames = new Map<string, FieldName>();
const FIELD_NAMES_MAX = 1000;
const FIELD_NAME_OCTETS_MAX = 64;
/** Longer values are not remembered. */
const VALUE_OCTETS_MAX = 256;

/** The fields of one outgoing head, checked and written as text, with what the machine must know of them. Filled again for each head. */
export class OutgoingFields {
  text = "";
  contentLength: number | undefined;
  /** The application asks to close the connection after this message. */
  close = false;
  /** Other options of Connection that name fields of this message. */
  connectionOptions = "";
  hasDate = false;
  hasServer = false;
  host: string | undefined;
  upgrade: string | undefined;
  /** The list that all of this was read from, when it is one that never changes. */
  #known: readonly string[] | undefined;

  /**
   * Takes the fields of a message.
   * @throws {TypeError} when a name is no token, a value could end its line early (RFC 9110 §5.5), a Content-Length is
   * not one number, or a field belongs to the machine: Transfer-Encoding, Keep-Alive
   */
  read(fields: Http1Fields | undefined): void {
    const shared = fields instanceof HttpHeaders && fields.isShared ? fields.flat() : undefined;
    if (shared !== undefined && shared === this.#known) return;
    this.#clear();
    if (fields === undefined) return;
    const list = flat(fields);
    if (list.length % 2 === 1) throw new TypeError("Cannot send these fields: the last name has no value");
    for (let i = 0; i < list.length; i += 2) this.#add(list[i]!, list[i + 1]!);
    this.#known = shared;
  }

  #add(name: string, value: string): void {
    const known = fieldNames.get(name) ?? learn(name);
    if (known.lastValue === value) {
      this.text += known.lastLine;
      return;
    }
    if (!isHttpFieldValue(value)) throw badValue(name, value);
    switch (known.role) {
      case "ordinary":
        remember(known, value);
        break;
      case "content-length":
        this.#takeContentLength(value);
        return; // The machine writes it when it knows that it is true.
      case "connection":
        this.#takeConnection(value);
        return;
      case "date":
        this.hasDate = true;
        break;
      case "server":
        this.hasServer = true;
        break;
      case "host":
        if (this.host !== undefined) throw new TypeError("Cannot send Host twice");
        this.host = value;
        break;
      case "upgrade":
        this.upgrade = value;
        break;
      case "forbidden":
        throw new TypeError(`Cannot send ${name}: the connection decides about it`);
      default:
        known.role satisfies never;
    }
    this.text += `${known.prefix}${value}\r\n`;
  }

  #takeContentLength(value: string): void {
    const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
    if (length === undefined || (this.contentLength ?? length) !== length) throw badValue("Content-Length", value);
    this.contentLength = length;
  }

  #takeConnection(value: string): void {
    for (const option of value.split(",").map((each) => each.trim())) {
      const folded = option.toLowerCase();
      if (folded === "close") this.close = true;
      // Those two the machine says by itself when they are true.
      else if (folded !== "keep-alive" && folded !== "upgrade" && folded !== "")
        this.connectionOptions += `, ${option}`;
    }
  }

  #clear(): void {
    this.#known = undefined;
    this.text = "";
    this.contentLength = undefined;
    this.close = false;
    this.connectionOptions = "";
    this.hasDate = false;
    this.hasServer = false;
    this.host = undefined;
    this.upgrade = undefined;
  }
}

/** Fields that a trailer section must not have: they frame, route or steer (RFC 9110 §6.5.1). */
const notInTrailers = new Set(
  "authorization cache-control connection content-encoding content-length content-range content-type expect host keep-alive max-forwards te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

/**
 * Writes a trailer section without its last empty line.
 * @throws {TypeError} as {@link OutgoingFields.read} does, and for fields that have no place after a body
 */
export function formatTrailers(trailers: Http1Fields): string {
  const list = flat(trailers);
  for (let i = 0; i < list.length; i += 2) {
    if (notInTrailers.has(lowerHttpFieldName(list[i]!))) throw new TypeError(`Cannot send ${list[i]} as a trailer`);
  }
  const fields = new OutgoingFields();
  fields.read(list);
  return fields.text;
}

function flat(fields: Http1Fields): readonly string[] {
  return fields instanceof HttpHeaders ? fields.flat() : fields;
}

function learn(name: string): FieldName {
  if (!isHttpToken(name)) throw new TypeError(`Cannot use ${quote(name)} as a field name: it is not a token`);
  const lower = lowerHttpFieldName(name);
  const known: FieldName = {
    role: Object.hasOwn(roles, lower) ? roles[lower]! : "ordinary",
    prefix: `${name === lower ? spellHttpFieldName(name) : name}: `,
    lastValue: undefined,
    lastLine: "",
  };
  if (fieldNames.size < FIELD_NAMES_MAX && name.length <= FIELD_NAME_OCTETS_MAX) fieldNames.set(name, known);
  return known;
}

function remember(known: FieldName, value: string): void {
  if (value.length > VALUE_OCTETS_MAX) return;
  known.lastValue = value;
  known.lastLine = `${known.prefix}${value}\r\n`;
}

function badValue(name: string, value: unknown): TypeError {
  return new TypeError(`Cannot send ${quote(String(value))} as the value of ${name}`);
}
