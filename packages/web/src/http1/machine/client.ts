import { type Instant, type Machine, type Output, ReceiveBuffer, StateError } from "@hawser/core/protocol";

import { Http1ProtocolError } from "../errors.ts";
import { type Http1Limits, http1ClientLimits } from "../limits.ts";
import type { Http1ResponseHead } from "../wire/response-head.ts";
import { BodyReader } from "./body-reader.ts";
import { BodyWriter } from "./body-writer.ts";
import type { Http1ClientAction, Http1ClientEvent, Http1ClientOptions, Http1RequestAction } from "./client-messages.ts";
import { OutputQueue } from "./output.ts";
import { Patience } from "./patience.ts";
import { RequestHeadWriter } from "./request-head-writer.ts";
import { ResponseHeadReader } from "./response-head-reader.ts";
import { type Http1ClientWriting, type Http1Closing, type Http1Reading, whyNotWrite } from "./states.ts";

/**
 * The client's side of one HTTP/1.1 connection (RFC 9112): requests in, octets out; octets in, responses out.
 *
 * One request at a time: pipelining saves little, and a failure leaves nobody knowing which requests were done
 * (RFC 9112 §9.3.2). A response is read as strictly as a request is: what two readers could read in two ways is refused.
 */
export class Http1ClientMachine implements Machine<Http1ClientEvent, Http1ClientAction> {
  readonly limits: Http1Limits;

  #reading: Http1Reading = "idle";
  #writing: Http1ClientWriting = "idle";
  #closing: Http1Closing | undefined;
  #method = "";
  #persists = true;
  #informational = 0;
  #peerEnded = false;
  #fault: Http1ProtocolError | undefined;

  readonly #input = new ReceiveBuffer();
  readonly #heads: ResponseHeadReader;
  readonly #body: BodyReader;
  readonly #patience: Patience;
  readonly #output = new OutputQueue();
  readonly #requestHead = new RequestHeadWriter();
  readonly #writer = new BodyWriter(this.#output);

  constructor(options: Http1ClientOptions) {
    this.limits = { ...http1ClientLimits, ...options.limits };
    this.#heads = new ResponseHeadReader(this.limits);
    this.#body = new BodyReader(this.limits);
    this.#patience = new Patience(this.limits, options.now);
  }

  /** Where the reading of responses stands. */
  get reading(): Http1Reading {
    return this.#reading;
  }

  /** Where the writing of requests stands. */
  get writing(): Http1ClientWriting {
    return this.#writing;
  }

  /** Set once, when the connection has done its work: what the driver does with it. */
  get closing(): Http1Closing | undefined {
    return this.#closing;
  }

  /** Whether a request can be sent now: the connection is good, and nothing is owed in either direction. */
  get reusable(): boolean {
    const quiet = this.#input.octets === 0 && !this.#peerEnded;
    return quiet && this.#reading === "idle" && this.#writing === "idle";
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
    this.#input.push(chunk);
    this.#patience.received(chunk.length);
  }

  end(): void {
    this.#peerEnded = true;
  }

  next(): Http1ClientEvent | undefined {
    try {
      return this.#next();
    } catch (error) {
      this.#close("abort");
      throw error;
    }
  }

  send(action: Http1ClientAction): void {
    switch (action.type) {
      case "request":
        this.#sendRequest(action);
        break;
      case "body":
        this.#require("send a body", "body");
        this.#writer.write(action.chunk);
        break;
      case "request-end":
        this.#require("end a request", "body");
        this.#writer.end(action.trailers);
        this.#awaitResponse();
        break;
      case "abandon":
        this.#close("abort");
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

  /** Ends patience when its time has come: {@link next} then throws a timeout. Idle connections are their pool's to close. */
  expire(now: Instant): void {
    const deadline = this.#patience.deadline;
    if (deadline === undefined || now < deadline) return;
    const verdict = this.#patience.verdict;
    this.#patience.waitFor("nothing");
    if (verdict !== "idle") this.#fault = new Http1ProtocolError(verdict);
  }

  /** After `upgraded`: the octets that came behind the response, which belong to the new protocol. */
  takeRest(): Uint8Array {
    if (this.#closing !== "upgraded") throw new StateError("Cannot take the rest: the protocol has not changed");
    return this.#input.take();
  }

  // Requests

  #sendRequest(action: Http1RequestAction): void {
    this.#require("send a request", "idle");
    if (this.#reading !== "idle" || this.#peerEnded)
      throw new StateError("Cannot send a request: the connection is not reusable");
    const head = this.#requestHead;
    this.#output.text(head.format(action));
    this.#method = action.method;
    this.#informational = 0;
    this.#persists = !head.closes;
    this.#reading = "head";
    this.#writing = "body";
    this.#writer.begin(head.framing, head.length);
    if (action.length !== undefined && action.body === undefined) return;
    if (action.body !== undefined) this.#writer.write(action.body);
    this.#writer.end(undefined);
    this.#awaitResponse();
  }

  /** The request is sent; its response may be under way already. */
  #awaitResponse(): void {
    this.#writing = "waiting";
    if (this.#reading === "head") this.#patience.waitFor("response");
  }

  // Responses

  #next(): Http1ClientEvent | undefined {
    if (this.#fault !== undefined) throw this.#fault;
    switch (this.#reading) {
      case "idle":
        return this.#nextWhileIdle();
      case "head":
        return this.#nextResponse();
      case "body":
        return this.#nextOfBody();
      default:
        return undefined;
    }
  }

  /** A response that nobody asked for is somebody else's, or an attack (RFC 9112 §9.2). */
  #nextWhileIdle(): Http1ClientEvent | undefined {
    if (this.#input.octets > 0) throw new Http1ProtocolError("unexpected-response");
    if (!this.#peerEnded) return undefined;
    this.#close("end");
    return { type: "end" };
  }

  #nextResponse(): Http1ClientEvent | undefined {
    const begun = this.#input.octets > 0;
    const head = begun ? this.#heads.read(this.#input, this.#method) : undefined;
    if (head === undefined) {
      if (this.#peerEnded) throw new Http1ProtocolError(begun ? "truncated" : "no-response");
      return undefined;
    }
    if (this.#changesProtocol(head)) return this.#upgrade(head);
    if (head.status < 200) return this.#informationalEvent(head);
    this.#patience.waitFor("nothing");
    this.#persists &&= head.keepAlive;
    this.#body.begin(head.bodyKind, head.contentLength);
    this.#patience.beginBody(this.#input.octets);
    if (head.bodyKind === "none") this.#finishResponse();
    else this.#reading = "body";
    return { type: "response", head };
  }

  #informationalEvent(head: Http1ResponseHead): Http1ClientEvent {
    if (head.status === 101) throw new Http1ProtocolError("unexpected-upgrade");
    if (++this.#informational > this.limits.informationalMax) throw new Http1ProtocolError("too-many-informational");
    return { type: "informational", head };
  }

  /** 101 where we asked for it and the request is complete (RFC 9110 §7.8); 2xx to CONNECT (§9.3.6). */
  #changesProtocol(head: Http1ResponseHead): boolean {
    if (this.#method === "CONNECT") return head.status >= 200 && head.status < 300;
    return head.status === 101 && this.#requestHead.asksUpgrade && this.#writing === "waiting";
  }

  #upgrade(head: Http1ResponseHead): Http1ClientEvent {
    this.#patience.waitFor("nothing");
    this.#reading = "closed";
    this.#writing = "closed";
    this.#closing = "upgraded";
    return { type: "upgraded", head };
  }

  #nextOfBody(): Http1ClientEvent | undefined {
    const chunk = this.#body.read(this.#input);
    if (chunk !== undefined) return { type: "body", chunk };
    if (!this.#body.done && this.#peerEnded) this.#body.end();
    if (!this.#body.done) {
      this.#patience.waitFor("body");
      return undefined;
    }
    this.#finishResponse();
    return { type: "response-end", trailers: this.#body.trailers };
  }

  #finishResponse(): void {
    this.#patience.waitFor("nothing");
    this.#reading = "idle";
    // A request that is still being sent after its response is not wanted any more (RFC 9112 §9.3): its connection ends.
    if (this.#writing === "body") this.#close("end");
    else this.#finishExchange();
  }

  #finishExchange(): void {
    if (this.#persists) this.#writing = "idle";
    else this.#close("end");
  }

  #close(closing: Http1Closing): void {
    this.#reading = "closed";
    this.#writing = "closed";
    this.#fault = undefined;
    this.#input.skip(this.#input.octets);
    this.#patience.waitFor("nothing");
    if (closing === "abort") this.#output.clear();
    this.#closing ??= closing;
  }

  #require(what: string, writing: Http1ClientWriting): void {
    if (this.#writing !== writing) throw new StateError(`Cannot ${what}: ${whyNotWrite[this.#writing]}`);
  }
}
