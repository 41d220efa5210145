import { type Instant, type Machine, type Output, StateError } from "@hawser/core";

import { Http1ProtocolError } from "../errors.ts";
import { type Http1Limits, http1Limits } from "../limits.ts";
import { OutgoingFields } from "../wire/outgoing-fields.ts";
import type { Http1RequestHead } from "../wire/request-head.ts";
import { formatStatusLine } from "../wire/status-line.ts";
import { BodyReader } from "./body-reader.ts";
import { type BodyFraming, BodyWriter, checkOctets } from "./body-writer.ts";
import { OutputQueue } from "./output.ts";
import { Patience } from "./patience.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { RequestHeadReader } from "./request-head-reader.ts";
import type {
  Http1InformationalAction,
  Http1ResponseAction,
  Http1ServerAction,
  Http1ServerEvent,
  Http1UpgradeAction,
} from "./server-messages.ts";

export interface Http1ServerOptions {
  /** Default {@link http1Limits}; what is left out keeps its default. */
  readonly limits?: Partial<Http1Limits> | undefined;
  /** The reactor's clock. */
  readonly now: () => Instant;
  /** The present IMF-fixdate, best kept for a second at a time. Absent: responses carry no Date (RFC 9110 §6.6.1). */
  readonly date?: (() => string) | undefined;
  /** Sent as Server unless the response has one. Default: none. */
  readonly serverName?: string | undefined;
}

/**
 * Where the reading of requests stands.
 *
 * - `idle`: between requests, nothing of the next has come
 * - `head`: a part of a head has come
 * - `body`: the body of the present request
 * - `discarding`: the same, after its response: what is left is dropped
 * - `waiting`: the request is read; the next waits for the response
 * - `closed`: nothing is read any more
 */
export type Http1Reading = "idle" | "head" | "body" | "discarding" | "waiting" | "closed";

/** Where the writing of responses stands: `idle` without a request, `answer` with one unanswered, `body` in a streamed response, `closed` for good. */
export type Http1Writing = "idle" | "answer" | "body" | "closed";

/**
 * What is left for the driver to do. `end`: write what {@link Http1ServerMachine.takeOutput} gives, close our side, and go
 * on discarding input until the peer closes or `lingerTimeoutMs` after the last octet left (RFC 9112 §9.6). `abort`: cut
 * the connection now, so that a response without an end is not taken for a whole one. `upgraded`: it is another protocol's.
 */
export type Http1Closing = "end" | "abort" | "upgraded";

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112): octets in, requests out; responses in, octets out.
 *
 * Requests are answered in order and one at a time: {@link next} gives a pipelined request only when the response before
 * it is complete, and its body read or given up. So input that waits is bounded by who calls {@link receive}, and answers
 * given at once to one received chunk leave in one piece.
 */
export class Http1ServerMachine implements Machine<Http1ServerEvent, Http1ServerAction> {
  readonly limits: Http1Limits;
  readonly #options: Http1ServerOptions;
  readonly #serverField: string;

  #reading: Http1Reading = "idle";
  #writing: Http1Writing = "idle";
  #closing: Http1Closing | undefined;
  #request: Http1RequestHead | undefined;
  #requests = 0;
  #draining = false;
  #peerEnded = false;
  #continued = false;
  #closeAfterResponse = false;
  #fault: Http1ProtocolError | undefined;

  readonly #input = new ReceiveBuffer();
  readonly #heads: RequestHeadReader;
  readonly #body: BodyReader;
  readonly #patience: Patience;
  readonly #output = new OutputQueue();
  readonly #fields = new OutgoingFields();
  readonly #writer = new BodyWriter(this.#output);

  constructor(options: Http1ServerOptions) {
    this.#options = options;
    this.limits = { ...http1Limits, ...options.limits };
    this.#fields.read(options.serverName === undefined ? [] : ["server", options.serverName]);
    this.#serverField = this.#fields.text;
    this.#heads = new RequestHeadReader(this.limits);
    this.#body = new BodyReader(this.limits);
    this.#patience = new Patience(this.limits, options.now);
    this.#patience.waitFor("first-head");
  }

  get reading(): Http1Reading {
    return this.#reading;
  }

  get writing(): Http1Writing {
    return this.#writing;
  }

  /** Set once, when our last output is queued: what the driver does with the connection. */
  get closing(): Http1Closing | undefined {
    return this.#closing;
  }

  /** Octets received that no event has taken yet: above its own mark the driver stops reading. */
  get bufferedOctets(): number {
    return this.#input.length;
  }

  /** Octets of output that {@link takeOutput} will give. */
  get outputOctets(): number {
    return this.#output.octets;
  }

  receive(chunk: Uint8Array): void {
    if (this.#reading === "closed" && this.#closing !== "upgraded") return;
    this.#input.push(chunk);
    this.#patience.received(chunk.length);
  }

  end(): void {
    this.#peerEnded = true;
  }

  next(): Http1ServerEvent | undefined {
    try {
      return this.#next();
    } catch (error) {
      // The request was answered: what is wrong with the rest of its body cannot be answered again.
      const answered = this.#reading === "discarding";
      this.#stopReading();
      if (!answered) throw error;
      this.#close();
      return undefined;
    }
  }

  send(action: Http1ServerAction): void {
    switch (action.type) {
      case "response":
        this.#sendResponse(action);
        break;
      case "body":
        this.#require("send a body", "body");
        this.#writer.write(action.chunk);
        break;
      case "response-end":
        this.#require("end a response", "body");
        this.#writer.end(action.trailers);
        this.#finishResponse();
        break;
      case "informational":
        this.#sendInformational(action);
        break;
      case "upgrade":
        this.#sendUpgrade(action);
        break;
      case "abandon":
        this.#abandon();
        break;
      case "refusal":
        this.refuse(action.error);
        break;
      default:
        action satisfies never;
    }
  }

  takeOutput(): Output | undefined {
    return this.#output.take();
  }

  get deadline(): Instant | undefined {
    return this.#patience.deadline;
  }

  /** Ends patience when its time has come: an idle connection is closed without a word, else {@link next} throws a timeout. */
  expire(now: Instant): void {
    const deadline = this.#patience.deadline;
    if (deadline === undefined || now < deadline) return;
    const verdict = this.#patience.verdict;
    this.#patience.waitFor("nothing");
    if (verdict === "idle") this.#close();
    else this.#fault = new Http1ProtocolError(verdict);
  }

  /** The server is stopping: responses from now on carry `Connection: close`, and an idle connection closes at once. */
  drain(): void {
    this.#draining = true;
    if (this.#reading === "idle" && this.#input.length === 0) this.#close();
  }

  /** Answers a fault of the client with a minimal response and reads nothing more; a response that has begun is abandoned instead. */
  refuse(error: Http1ProtocolError): void {
    if (this.#writing === "closed") return;
    if (this.#writing === "body") {
      this.#abandon();
      return;
    }
    this.#fields.read(undefined);
    const head = `${formatStatusLine(error.status)}${this.#serverFields()}Content-Length: 0\r\nConnection: close\r\n\r\n`;
    this.#output.text(head);
    this.#close();
  }

  /** After an `upgrade`: the octets that came behind the request, which belong to the new protocol. */
  takeRest(): Uint8Array {
    if (this.#closing !== "upgraded") throw new StateError("Cannot take the rest: the protocol has not changed");
    return this.#input.take(this.#input.length);
  }

  // Requests

  #next(): Http1ServerEvent | undefined {
    if (this.#fault !== undefined) throw this.#takeFault();
    switch (this.#reading) {
      case "idle":
      case "head":
        return this.#nextRequest();
      case "body":
        return this.#nextOfBody();
      case "discarding":
        return this.#discard() ? this.#nextRequest() : undefined;
      default:
        return undefined;
    }
  }

  #nextRequest(): Http1ServerEvent | undefined {
    const head = this.#input.length === 0 ? undefined : this.#heads.read(this.#input);
    if (head === undefined) return this.#awaitHead();
    this.#patience.waitFor("nothing");
    this.#request = head;
    this.#requests++;
    this.#writing = "answer";
    this.#continued = false;
    if (head.bodyKind === "none") {
      this.#reading = "waiting";
    } else {
      this.#reading = "body";
      this.#body.begin(head.bodyKind, head.contentLength);
      this.#patience.beginBody(this.#input.length);
    }
    return { type: "request", head };
  }

  #awaitHead(): Http1ServerEvent | undefined {
    this.#reading = this.#input.length > 0 ? "head" : "idle";
    if (this.#peerEnded) return this.#endBetweenRequests();
    if (this.#reading === "head") this.#patience.waitFor("rest-of-head");
    else if (this.#draining) this.#close();
    else if (this.#requests > 0) this.#patience.waitFor("next-head");
    return undefined;
  }

  #endBetweenRequests(): Http1ServerEvent | undefined {
    if (this.#reading === "head") throw new Http1ProtocolError("truncated");
    this.#close();
    return { type: "end" };
  }

  #nextOfBody(): Http1ServerEvent | undefined {
    const chunk = this.#readBody();
    if (chunk !== undefined) return { type: "body", chunk };
    if (!this.#body.done) return undefined;
    this.#reading = "waiting";
    return { type: "request-end", trailers: this.#body.trailers };
  }

  /** Drops the rest of a body whose request is answered; tells whether the next request can be read. */
  #discard(): boolean {
    const allowed = this.#body.octetsRead + this.limits.drainOctetsMax;
    while (this.#readBody() !== undefined) {
      if (this.#body.octetsRead <= allowed) continue;
      this.#close();
      return false;
    }
    if (this.#body.done) this.#reading = "idle";
    return this.#body.done;
  }

  #readBody(): Uint8Array | undefined {
    const chunk = this.#body.read(this.#input);
    if (chunk !== undefined) return chunk;
    if (this.#body.done) this.#patience.waitFor("nothing");
    else if (this.#peerEnded) this.#body.end();
    else this.#patience.waitFor("body");
    return undefined;
  }

  #takeFault(): Http1ProtocolError {
    const fault = this.#fault!;
    this.#fault = undefined;
    return fault;
  }

  #stopReading(): void {
    this.#reading = "closed";
    this.#input.clear();
    this.#patience.waitFor("nothing");
  }

  // Responses

  #sendResponse(action: Http1ResponseAction): void {
    this.#require("send a response", "answer");
    const request = this.#request!;
    if (action.status < 200) throw new RangeError(`Cannot answer with ${action.status}: it is an interim status`);
    if (request.method === "CONNECT" && action.status < 300) {
      throw new StateError(`Cannot answer CONNECT with ${action.status}: an upgrade does that`);
    }
    const statusLine = formatStatusLine(action.status, action.reason);
    const fields = this.#fields;
    fields.read(action.headers);
    const bodiless = request.method === "HEAD" || action.status === 204 || action.status === 304;
    const length = bodiless ? (fields.contentLength ?? givenLength(action)) : announcedLength(action, fields);
    const framing = bodiless ? "dropped" : this.#framing(length);
    const close = this.#mustClose(framing, action);
    this.#output.text(
      statusLine +
        this.#serverFields() +
        fields.text +
        this.#lengthField(action, length, framing) +
        this.#connectionField(close),
    );
    this.#writer.begin(framing, length);
    this.#writing = "body";
    this.#closeAfterResponse = close;
    if (action.length !== undefined && action.body === undefined) return;
    if (action.body !== undefined) this.#writer.write(action.body);
    this.#writer.end(undefined);
    this.#finishResponse();
  }

  /** RFC 9112 §6.3: chunked where the length is unknown; HTTP/1.0 has only the connection's end for that. */
  #framing(length: number | undefined): BodyFraming {
    if (length !== undefined) return "length";
    return this.#request!.version === "1.1" ? "chunked" : "close";
  }

  /** Content-Length is not sent in 204 (RFC 9110 §8.6), and in 304 only when the application knows it. */
  #lengthField(action: Http1ResponseAction, length: number | undefined, framing: BodyFraming): string {
    if (framing === "chunked") return "Transfer-Encoding: chunked\r\n";
    if (length === undefined || action.status === 204) return "";
    if (action.status === 304 && this.#fields.contentLength === undefined) return "";
    return `Content-Length: ${length}\r\n`;
  }

  #mustClose(framing: BodyFraming, action: Http1ResponseAction): boolean {
    const request = this.#request!;
    if (!request.keepAlive || this.#draining || this.#fields.close || framing === "close") return true;
    if (this.#requests >= this.limits.requestsMax) return true;
    return this.#reading === "body" && this.#leavesTooMuch(action);
  }

  /**
   * Whether what the client may still send is not worth reading. A client that waits for 100 may send its body or not
   * (RFC 9110 §10.1.1): nobody could tell it from the next request.
   */
  #leavesTooMuch(action: Http1ResponseAction): boolean {
    if (this.#request!.expectContinue && !this.#continued && this.#body.octetsRead === 0) return true;
    const streamed = action.length !== undefined && action.body === undefined;
    return !streamed && (this.#body.remaining ?? 0) > this.limits.drainOctetsMax;
  }

  /** The end of the head. Keep-Alive is told only to those who asked, as HTTP/1.0 clients must (RFC 9112 §9.3). */
  #connectionField(close: boolean): string {
    const options = this.#fields.connectionOptions;
    if (close) return `Connection: close${options}\r\n\r\n`;
    if (this.#request!.keepAliveAsked) {
      const seconds = Math.floor(this.limits.keepAliveTimeoutMs / 1000);
      return `Connection: keep-alive${options}\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
    }
    return options === "" ? "\r\n" : `Connection: ${options.slice(2)}\r\n\r\n`;
  }

  /** Date and Server, which the application may give itself. To be asked after its fields are read. */
  #serverFields(): string {
    const date = this.#options.date === undefined || this.#fields.hasDate ? "" : `Date: ${this.#options.date()}\r\n`;
    return this.#fields.hasServer ? date : date + this.#serverField;
  }

  #finishResponse(): void {
    this.#request = undefined;
    if (this.#closeAfterResponse || this.#reading === "closed") {
      this.#close();
      return;
    }
    this.#writing = "idle";
    this.#reading = this.#reading === "waiting" ? "idle" : "discarding";
  }

  #sendInformational(action: Http1InformationalAction): void {
    this.#require("send an interim response", "answer");
    if (action.status === 101 || action.status < 100 || action.status > 199) {
      throw new RangeError(`Cannot send ${action.status} as an interim response`);
    }
    this.#fields.read(action.headers);
    const statusLine = formatStatusLine(action.status);
    if (action.status === 100) this.#continued = true;
    if (this.#request!.version === "1.0") return;
    this.#output.text(`${statusLine}${this.#fields.text}\r\n`);
  }

  #sendUpgrade(action: Http1UpgradeAction): void {
    this.#require("change the protocol", "answer");
    const request = this.#request!;
    const asked = request.method === "CONNECT" ? action.status >= 200 && action.status < 300 : action.status === 101;
    if (!asked) throw new StateError(`Cannot change the protocol with ${action.status} after ${request.method}`);
    if (action.status === 101 && request.upgrade.length === 0) {
      throw new StateError("Cannot change the protocol: the client did not ask for it");
    }
    if (this.#reading === "body") throw new StateError("Cannot change the protocol: the body is unread");
    const statusLine = formatStatusLine(action.status);
    this.#fields.read(action.headers);
    const upgrade =
      action.status === 101 && this.#fields.upgrade === undefined ? `Upgrade: ${request.upgrade[0]}\r\n` : "";
    const connection = action.status === 101 ? "Connection: Upgrade\r\n" : "";
    this.#output.text(`${statusLine}${this.#serverFields()}${this.#fields.text}${upgrade}${connection}\r\n`);
    this.#reading = "closed";
    this.#writing = "closed";
    this.#closing = "upgraded";
  }

  #abandon(): void {
    if (this.#writing !== "body" && this.#writing !== "answer") {
      throw new StateError("Cannot abandon the response: there is none");
    }
    this.#output.clear();
    this.#close();
    this.#closing = "abort";
  }

  #close(): void {
    this.#stopReading();
    this.#writing = "closed";
    this.#closing ??= "end";
  }

  #require(what: string, writing: Http1Writing): void {
    if (this.#writing === writing) return;
    throw new StateError(`Cannot ${what}: ${whyNot[this.#writing]}`);
  }
}

const whyNot: Readonly<Record<Http1Writing, string>> = {
  idle: "there is no request to answer",
  answer: "the response has not begun",
  body: "the response has begun",
  closed: "the connection is closing",
};

/** What the action itself says of its length; `undefined` when it says nothing or does not know. */
function givenLength(action: Http1ResponseAction): number | undefined {
  const { body, length } = action;
  if (typeof body === "string") checkOctets(body);
  if (length === undefined || length === "unknown") return body?.length;
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`Cannot send a body of ${length} octets`);
  if (body !== undefined && body.length !== length) {
    throw new StateError(`Cannot send a body of ${body.length} octets: ${length} are announced`);
  }
  return length;
}

/** How long the body is, as the action and its Content-Length agree; `undefined` when nobody knows. */
function announcedLength(action: Http1ResponseAction, fields: OutgoingFields): number | undefined {
  const { contentLength } = fields;
  const given = givenLength(action) ?? (action.length === "unknown" ? contentLength : 0);
  if (contentLength !== undefined && given !== contentLength) {
    throw new StateError(`Cannot send a body of ${given} octets: Content-Length says ${contentLength}`);
  }
  return given;
}
