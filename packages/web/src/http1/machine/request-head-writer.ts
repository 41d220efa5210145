import { quote } from "@hawser/core/protocol";

import { OutgoingFields } from "../wire/outgoing-fields.ts";
import { formatRequestLine } from "../wire/request-line.ts";
import { isAuthority } from "../wire/target.ts";
import { announcedLength, type BodyFraming } from "./body-writer.ts";
import type { Http1RequestAction } from "./client-messages.ts";

/** Methods whose requests have a meaning for a body: they say `Content-Length: 0` when they have none (RFC 9110 §8.6). */
const methodsWithBody = new Set(["POST", "PUT", "PATCH"]);

/** Writes heads of requests. A request is checked whole before anything of it is written. */
export class RequestHeadWriter {
  /** The framing of the body that follows the head. */
  framing: BodyFraming = "dropped";
  length: number | undefined;
  /** Whether the request asks for another protocol. */
  asksUpgrade = false;
  /** Whether the request asks to close the connection. */
  closes = false;

  readonly #fields = new OutgoingFields();

  /** The head of a request. @throws {TypeError | RangeError | StateError} when it cannot be sent */
  format(action: Http1RequestAction): string {
    const line = formatRequestLine(action.method, action.target);
    const fields = this.#fields;
    fields.read(action.headers);
    const host = this.#hostField(action.host);
    const bodiless = action.body === undefined && action.length === undefined;
    const length = announcedLength(action, fields.contentLength);
    if (action.method === "CONNECT" && !bodiless) throw new TypeError("Cannot send a body with CONNECT: it has none");
    this.length = length;
    this.framing = length === undefined ? "chunked" : "length";
    this.closes = fields.close;
    this.asksUpgrade = fields.upgrade !== undefined;
    const silent = bodiless && !methodsWithBody.has(action.method);
    return `${line}${host}${fields.text}${silent ? "" : this.#lengthField()}${this.#connectionField()}\r\n`;
  }

  #lengthField(): string {
    return this.framing === "chunked" ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${this.length}\r\n`;
  }

  /** Host, once and valid (RFC 9110 §7.2); it may be empty. */
  #hostField(host: string | undefined): string {
    if (this.#fields.host !== undefined) {
      if (isAuthority(this.#fields.host)) return "";
      throw new TypeError(`Cannot send the Host ${quote(this.#fields.host)}: it is not a host and port`);
    }
    if (host === undefined) throw new TypeError("Cannot send a request without Host");
    if (!isAuthority(host)) throw new TypeError(`Cannot send the Host ${quote(host)}: it is not a host and port`);
    return `Host: ${host}\r\n`;
  }

  #connectionField(): string {
    const { connectionOptions } = this.#fields;
    const options = `${this.closes ? ", close" : ""}${this.asksUpgrade ? ", Upgrade" : ""}${connectionOptions}`;
    return options === "" ? "" : `Connection: ${options.slice(2)}\r\n`;
  }
}
