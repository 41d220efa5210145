import { type Instant, type Machine, type Output, ReceiveBuffer, StateError } from "@hawser/core/protocol";

import { Http1ProtocolError } from "../errors.ts";
import { type Http1Limits, http1Limits } from "../limits.ts";
import { HeadScanner } from "../wire/head-scanner.ts";
import type { Http1RequestHead } from "../wire/request-head.ts";
import { BodyReader } from "./body-reader.ts";
import { BodyWriter } from "./body-writer.ts";
import { OutputQueue } from "./output.ts";
import { Patience } from "./patience.ts";
import { RequestHeadReader, type SharedScanner } from "./request-head-reader.ts";
import { ResponseHeadWriter } from "./response-head-writer.ts";
import type {
  Http1InformationalAction,
  Http1ResponseAction,
  Http1ServerAction,
  Http1ServerEvent,
  Http1ServerOptions,
  Http1UpgradeAction,
} from "./server-messages.ts";
import { type Http1Closing, type Http1Reading, type Http1ServerWriting, whyNotWrite } from "./states.ts";

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112): octets in, requests out; responses in, octets out.
 *
 * Requests are answered in order and one at a time: {@link next} gives a pipelined request only when the response before
 * it is complete, and its body read or given up. So input that waits is bounded by who calls {@link receive}, and answers
 * given at once to one received chunk leave in one piece.
 */
export class Http1ServerMachine implements Machine<Http1ServerEvent, Http1ServerAction> {
  readonly limits: Http1Limits;

  #reading: Http1Reading = "idle";
  #writing: Http1ServerWriting = "idle";
  #closing: Http1Closing | undefined;
  #request: Http1RequestHead | undefined;
  #requests = 0;
  #draining = false;
  #peerEnded = false;
  #continued = false;
  #closeAfterResponse = false;
  /** When the last response was given whole; NaN once time may have passed since. */
  #answeredAt: Instant = Number.NaN;
  /** While discarding: how much of the body may have been read before that is given up. */
  #discardUntil = 0;
  #fault: Http1ProtocolError | undefined;

  readonly #now: () => Instant;
  readonly #input = new ReceiveBuffer();
  readonly #heads: RequestHeadReader;
  #bodies: BodyReader | undefined;
  readonly #patience: Patience;
  readonly #output = new OutputQueue();
  readonly #responseHead: ResponseHeadWriter;
  readonly #writer = new BodyWriter(this.#output);

  constructor(options: Http1ServerOptions) {
    const shared = sharedOf(options);
    this.limits = shared.limits;
    this.#now = options.now;
    this.#responseHead = shared.responseHead;
    this.#heads = new RequestHeadReader(shared);
    this.#patience = new Patience(this.limits, options.now);
    this.#patience.waitFor("first-head");
  }

  /** Where the reading of requests stands. */
  get reading(): Http1Reading {
    return this.#reading;
  }

  /** Where the writing of responses stands. */
  get writing(): Http1ServerWriting {
    return this.#writing;
  }

  /** Set once, when our last output is queued: what the driver does with the connection. */
  get closing(): Http1Closing | undefined {
    return this.#closing;
  }

  /** Octets received that no event has taken yet: above its own mark the driver stops reading. */
  get bufferedOctets(): number {
    return this.#input.octets;
  }

  /** Octets of output that {@link takeOutput} will give. */
  get outputOctets(): number {
    return this.#output.octets;
  }

  receive(chunk: Uint8Array): void {
    if (this.#reading === "closed" && this.#closing !== "upgraded") return;
    this.#answeredAt = Number.NaN;
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
    if (this.#reading === "idle" && this.#input.octets === 0) this.#close();
  }

  /** Answers a fault of the client with a minimal response and reads nothing more; a response that has begun is abandoned instead. */
  refuse(error: Http1ProtocolError): void {
    if (this.#writing === "closed") return;
    if (this.#writing === "body") {
      this.#abandon();
      return;
    }
    this.#output.text(this.#responseHead.refusal(error.status));
    this.#close();
  }

  /** After an `upgrade`: the octets that came behind the request, which belong to the new protocol. */
  takeRest(): Uint8Array {
    if (this.#closing !== "upgraded") throw new StateError("Cannot take the rest: the protocol has not changed");
    return this.#input.take();
  }

  // Requests

  #next(): Http1ServerEvent | undefined {
    if (this.#fault !== undefined) throw this.#fault;
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
    const head = this.#input.octets === 0 ? undefined : this.#heads.read(this.#input);
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
      this.#patience.beginBody(this.#input.octets);
    }
    return { type: "request", head };
  }

  #awaitHead(): Http1ServerEvent | undefined {
    this.#reading = this.#input.octets > 0 ? "head" : "idle";
    if (this.#peerEnded) return this.#endBetweenRequests();
    if (this.#reading === "head") this.#patience.waitFor("rest-of-head");
    else if (this.#draining) this.#close();
    else if (this.#requests > 0) this.#patience.waitFor("next-head", this.#answeredAt);
    return undefined;
  }

  #endBetweenRequests(): Http1ServerEvent | undefined {
    if (this.#reading === "head") throw new Http1ProtocolError("truncated");
    this.#close();
    return { type: "end" };
  }

  /** Most connections never see a body: they have no reader for it. */
  get #body(): BodyReader {
    this.#bodies ??= new BodyReader(this.limits);
    return this.#bodies;
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
    while (this.#readBody() !== undefined) {
      if (this.#body.octetsRead <= this.#discardUntil) continue;
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

  #stopReading(): void {
    this.#reading = "closed";
    this.#fault = undefined;
    this.#input.skip(this.#input.octets);
    this.#patience.waitFor("nothing");
  }

  // Responses

  #sendResponse(action: Http1ResponseAction): void {
    this.#require("send a response", "answer");
    const head = this.#responseHead;
    head.plan(this.#request!, action);
    this.#closeAfterResponse = this.#mustClose(action);
    const now = this.#now();
    this.#output.text(head.format(this.#closeAfterResponse, now));
    this.#writer.begin(head.framing, head.length);
    this.#writing = "body";
    if (action.body !== undefined) this.#writer.writeWhole(action.body);
    else if (action.length !== undefined) return;
    this.#finishResponse();
    this.#answeredAt = now;
  }

  #mustClose(action: Http1ResponseAction): boolean {
    if (!this.#request!.keepAlive || this.#draining || this.#responseHead.closes) return true;
    if (this.#requests >= this.limits.requestsMax || this.#reading === "closed") return true;
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

  #finishResponse(): void {
    this.#request = undefined;
    this.#answeredAt = Number.NaN;
    if (this.#closeAfterResponse || this.#reading === "closed") {
      this.#close();
      return;
    }
    this.#writing = "idle";
    if (this.#reading === "waiting") {
      this.#reading = "idle";
      return;
    }
    this.#reading = "discarding";
    this.#discardUntil = this.#body.octetsRead + this.limits.drainOctetsMax;
  }

  #sendInformational(action: Http1InformationalAction): void {
    this.#require("send an interim response", "answer");
    const text = this.#responseHead.informational(action);
    if (action.status === 100) this.#continued = true;
    if (this.#request!.version === "1.1") this.#output.text(text);
  }

  #sendUpgrade(action: Http1UpgradeAction): void {
    this.#require("change the protocol", "answer");
    if (this.#reading === "body") throw new StateError("Cannot change the protocol: the body of the request is unread");
    this.#output.text(this.#responseHead.upgrade(this.#request!, action));
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

  #require(what: string, writing: Http1ServerWriting): void {
    if (this.#writing === writing) return;
    throw new StateError(`Cannot ${what}: ${whyNotWrite[this.#writing]}`);
  }
}

/** What the machines of one server have in common: ten thousand idle connections hold one of it. */
interface Shared extends SharedScanner {
  /** Holds a plan from one call to the next and nothing longer, so all may use it in turn. */
  readonly responseHead: ResponseHeadWriter;
}

const sharedByOptions = new WeakMap<Http1ServerOptions, Shared>();

function sharedOf(options: Http1ServerOptions): Shared {
  let shared = sharedByOptions.get(options);
  if (shared === undefined) {
    const limits = { ...http1Limits, ...options.limits };
    shared = {
      limits,
      responseHead: new ResponseHeadWriter(options, limits),
      scanner: new HeadScanner(limits, "head"),
    };
    sharedByOptions.set(options, shared);
  }
  return shared;
}
