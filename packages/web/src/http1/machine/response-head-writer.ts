import { type Instant, StateError } from "@hawser/core/protocol";

import type { Http1Limits } from "../limits.ts";
import { type Http1Fields, OutgoingFields } from "../wire/outgoing-fields.ts";
import type { Http1RequestHead } from "../wire/request-head.ts";
import { formatStatusLine } from "../wire/status-line.ts";
import { announcedLength, type BodyFraming, givenLength } from "./body-writer.ts";
import type {
  Http1InformationalAction,
  Http1ResponseAction,
  Http1ServerOptions,
  Http1UpgradeAction,
} from "./server-messages.ts";

/**
 * Writes heads of responses. What an application asks for is checked whole before anything of it is written, so that a
 * refused action leaves the connection as it was.
 */
export class ResponseHeadWriter {
  /** The framing of the body that follows the planned head. */
  framing: BodyFraming = "dropped";
  length: number | undefined;

  readonly #now: () => Instant;
  readonly #dateAt: (now: Instant) => string;
  readonly #serverField: string;
  readonly #keepAliveFields: string;
  readonly #fields = new OutgoingFields();
  #request: Http1RequestHead | undefined;
  #status = 0;
  #statusLine = "";
  #kept = { date: "", statusLine: "", fields: "", opening: "" };

  constructor(options: Http1ServerOptions, limits: Http1Limits) {
    this.#now = options.now;
    this.#dateAt = options.date ?? (() => "");
    this.#fields.read(options.serverName === undefined ? undefined : ["server", options.serverName]);
    this.#serverField = this.#fields.text;
    this.#keepAliveFields = `Keep-Alive: timeout=${Math.floor(limits.keepAliveTimeoutMs / 1000)}\r\n\r\n`;
  }

  /** Whether the planned response ends the connection, because the application or its framing says so. */
  get closes(): boolean {
    return this.#fields.close || this.framing === "close";
  }

  /** Takes a response and decides its framing. @throws {TypeError | RangeError | StateError} when it cannot be sent */
  plan(request: Http1RequestHead, action: Http1ResponseAction): void {
    const { status } = action;
    if (status < 200) throw new RangeError(`Cannot answer with ${status}: it is an interim status`);
    if (request.method === "CONNECT" && status < 300) {
      throw new StateError(`Cannot answer CONNECT with ${status}: an upgrade does that`);
    }
    this.#statusLine = formatStatusLine(status, action.reason);
    this.#fields.read(action.headers);
    this.#request = request;
    this.#status = status;
    const { contentLength } = this.#fields;
    if (request.method === "HEAD" || status === 204 || status === 304) {
      // What another answer would have had (RFC 9110 §8.6): nobody here can check it.
      this.length = contentLength ?? givenLength(action);
      this.framing = "dropped";
      return;
    }
    this.length = announcedLength(action, contentLength);
    this.framing = this.length !== undefined ? "length" : request.version === "1.1" ? "chunked" : "close";
  }

  /** The planned head. `close`: it is the last of its connection. */
  format(close: boolean, now: Instant): string {
    const opening = this.#opening(this.#fields.hasDate ? "" : this.#dateAt(now));
    return `${opening}${this.#lengthField()}${this.#connectionField(close)}`;
  }

  /**
   * What most answers within a second have in common: all but their length. Where answers are alike for longer it is kept
   * in one piece, since joined text is put together again whenever it is written.
   */
  #opening(date: string): string {
    const { text, hasServer } = this.#fields;
    const kept = this.#kept;
    if (kept.date === date && kept.statusLine === this.#statusLine && kept.fields === text) return kept.opening;
    const joined = `${this.#statusLine}${dateField(date)}${hasServer ? "" : this.#serverField}${text}`;
    const opening = kept.fields === text ? inOnePiece(joined) : joined;
    this.#kept = { date, statusLine: this.#statusLine, fields: text, opening };
    return opening;
  }

  /** An interim response. @throws {RangeError} for 101, which changes the protocol, and for final statuses */
  informational(action: Http1InformationalAction): string {
    if (action.status === 101 || action.status > 199)
      throw new RangeError(`Cannot send ${action.status} as an interim response`);
    return `${formatStatusLine(action.status)}${this.#read(action.headers)}\r\n`;
  }

  /** The answer that changes the protocol. Upgrade and Connection are added where they are missing (RFC 9110 §7.8). */
  upgrade(request: Http1RequestHead, action: Http1UpgradeAction): string {
    const { status } = action;
    const tunnel = request.method === "CONNECT";
    if (tunnel ? status < 200 || status > 299 : status !== 101) {
      throw new StateError(`Cannot change the protocol with ${status} after ${request.method}`);
    }
    if (!tunnel && request.upgrade.length === 0) {
      throw new StateError("Cannot change the protocol: the client did not ask for it");
    }
    const text = this.#read(action.headers);
    const upgrade = this.#fields.upgrade === undefined ? `Upgrade: ${request.upgrade[0]}\r\n` : "";
    const change = tunnel ? "" : `${upgrade}Connection: Upgrade\r\n`;
    return `${formatStatusLine(status)}${this.#serverFields()}${text}${change}\r\n`;
  }

  /** The answer to a request that cannot be read. */
  refusal(status: number): string {
    this.#read(undefined);
    return `${formatStatusLine(status)}${this.#serverFields()}Content-Length: 0\r\nConnection: close\r\n\r\n`;
  }

  #read(fields: Http1Fields | undefined): string {
    this.#fields.read(fields);
    return this.#fields.text;
  }

  /** Date and Server (RFC 9110 §6.6.1, §10.2.4), unless the application gives them itself. */
  #serverFields(): string {
    const date = this.#fields.hasDate ? "" : dateField(this.#dateAt(this.#now()));
    return this.#fields.hasServer ? date : date + this.#serverField;
  }

  /** Content-Length is never sent in 204 (RFC 9110 §8.6), and in 304 only when the application knows it. */
  #lengthField(): string {
    if (this.framing === "chunked") return "Transfer-Encoding: chunked\r\n";
    if (this.length === undefined || this.#status === 204) return "";
    if (this.#status === 304 && this.#fields.contentLength === undefined) return "";
    return `Content-Length: ${this.length}\r\n`;
  }

  /** The end of the head. Keep-Alive is told only to those who asked, as HTTP/1.0 clients must (RFC 9112 §9.3). */
  #connectionField(close: boolean): string {
    const options = this.#fields.connectionOptions;
    if (close) return `Connection: close${options}\r\n\r\n`;
    if (this.#request!.keepAliveAsked) return `Connection: keep-alive${options}\r\n${this.#keepAliveFields}`;
    return options === "" ? "\r\n" : `Connection: ${options.slice(2)}\r\n\r\n`;
  }
}

function dateField(date: string): string {
  return date === "" ? "" : `Date: ${date}\r\n`;
}

/** Text that was joined, as one sequence of octets. */
function inOnePiece(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
