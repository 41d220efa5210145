import { channel } from "node:diagnostics_channel";
import {
  ConnectionError,
  DeadlineTimer,
  type Instant,
  type Protocol,
  type Receiver,
  type RequestEvent,
  reportFault,
  type Transport,
} from "@hawser/core/protocol";
import type { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpHandler } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { Http1ProtocolError } from "../http1/errors.ts";
import { Http1ServerMachine } from "../http1/machine/server.ts";
import type { HttpAccess } from "../log/access.ts";
import { HttpExchange } from "./exchange.ts";
import type { HttpServerSettings } from "./settings.ts";

/** Octets of further requests that wait in memory while one is being answered; beyond it the client is held back. */
const pipelinedOctetsMax = 65_536;

const requests = channel("hawser:request");

/**
 * One connection of a server: joins the HTTP/1.1 machine to its transport, one exchange at a time. It is core's driver
 * made special, because a request's body is pulled when the application asks and its answer may come at any time.
 */
export class HttpServerConnection implements Protocol {
  readonly transport: Transport;
  readonly machine: Http1ServerMachine;
  readonly #settings: HttpServerSettings;
  readonly #timer: DeadlineTimer;
  #exchange: HttpExchange | undefined;
  #upgraded: Protocol | undefined;
  /** The client sends no more. */
  #ended = false;
  #pulling = false;
  #paused = false;
  #closing = false;
  #stalledUntil: Instant | undefined;
  /** What the network had not taken when the present stall began. */
  #stalledOctets = 0;
  /** The server is stopping, and this idle connection waits a moment for a request that may be on its way. */
  #drainsAt: Instant | undefined;
  #drained: (() => void) | undefined;
  /** The client has closed its side, and may be gone: when its answer must have moved on. */
  #answerUntil: Instant | undefined;

  constructor(settings: HttpServerSettings, transport: Transport) {
    this.#settings = settings;
    this.transport = transport;
    this.machine = new Http1ServerMachine(settings.machine);
    this.#timer = new DeadlineTimer(transport.reactor.clock, () => this.#expire());
    this.#timer.set(this.machine.deadline);
  }

  get handle(): HttpHandler {
    return this.#settings.handler;
  }

  /** Whether anybody wants to know of answered requests: what they cost to tell is spared otherwise. */
  get logs(): boolean {
    return this.#settings.log !== undefined || requests.hasSubscribers;
  }

  /** A log that fails is reported, and spoils no answer. */
  logAccess(access: HttpAccess): void {
    if (requests.hasSubscribers) requests.publish(requestEvent(access, this.transport));
    try {
      this.#settings.log?.(access);
    } catch (error) {
      reportFault(error, "Access log");
    }
  }

  errorPage(error: HttpError, request: HttpRequest): HttpResponse {
    return this.#settings.errorPage(error, request);
  }

  data(chunk: Uint8Array): void {
    if (this.#closing) return;
    this.machine.receive(chunk);
    if (this.#drainsAt !== undefined) this.#drainNow();
    this.pullNow();
  }

  end(): void {
    if (this.#closing) return;
    this.#ended = true;
    this.#expectAnswer();
    this.machine.end();
    this.pullNow();
  }

  drained(): void {
    this.#stalledUntil = this.#closing ? this.#lingerUntil() : undefined;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
    this.#setDeadline();
  }

  /**
   * Lets the present request finish. An idle connection is not closed at once: a request that crossed our close on the
   * way would be lost, and the client could not know whether it was carried out (RFC 9112 §9.5).
   */
  drain(): void {
    if (this.#upgraded !== undefined) return this.#upgraded.drain?.();
    if (this.#closing) return;
    if (this.machine.reading === "idle")
      this.#drainsAt = this.transport.reactor.clock.now() + this.#settings.drainIdleMs;
    else this.machine.drain();
    this.flush();
  }

  closed(error?: ConnectionError): void {
    this.#closing = true;
    this.#timer.cancel();
    this.#exchange?.lost(error);
    this.#drained?.();
  }

  // What an exchange calls.

  /** Pulls what the machine has ready, writes what it wants written, and moves the deadline. */
  pullNow(): void {
    if (this.#pulling || this.#closing) return;
    this.#pulling = true;
    try {
      this.#pull();
    } catch (error) {
      this.#refuse(error);
    }
    this.#pulling = false;
    this.flush();
    this.#holdBack();
  }

  /** As {@link pullNow}, from inside a reader's call: what it waits for must not arrive before it waits. */
  pullSoon(): void {
    queueMicrotask(() => this.pullNow());
  }

  /** @returns false when the client takes less than we write: wait for {@link drainedAgain} */
  flush(): boolean {
    let room = true;
    const { machine, transport } = this;
    for (let chunk = machine.takeOutput(); chunk !== undefined; chunk = machine.takeOutput()) {
      room = typeof chunk === "string" ? transport.writeLatin1(chunk) : transport.write(chunk);
      if (this.#ended) this.#expectAnswer();
    }
    if (!room && this.#stalledUntil === undefined) this.#expectProgress();
    if (machine.closing !== undefined && !this.#closing) this.#close();
    this.#setDeadline();
    return room;
  }

  drainedAgain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  finished(exchange: HttpExchange): void {
    if (this.#exchange === exchange) this.#exchange = undefined;
  }

  /** The connection is another protocol's from here on. */
  handOver(receiver: Receiver): void {
    this.#upgraded = receiver;
    this.#timer.cancel();
    if (this.#paused) this.transport.resume();
    this.transport.start(receiver);
    if (this.#ended) receiver.end();
  }

  #pull(): void {
    while (!this.#closing && this.#upgraded === undefined && (this.#exchange === undefined || this.#exchange.pulls)) {
      const event = this.machine.next();
      if (event === undefined) return;
      switch (event.type) {
        case "request":
          this.#exchange = new HttpExchange(this, event.head);
          this.#exchange.run();
          break;
        case "body":
          this.#exchange?.request.bodyAsked?.push(event.chunk);
          break;
        case "request-end":
          this.#exchange?.request.bodyAsked?.finish(event.trailers);
          break;
        case "end":
          break;
        default:
          event satisfies never;
      }
    }
  }

  /** The client broke the protocol, or was too slow: say so if nothing has been said yet, and close. */
  #refuse(error: unknown): void {
    if (!(error instanceof Http1ProtocolError)) {
      reportFault(error, "HTTP connection");
      return this.transport.abort();
    }
    if (this.#exchange === undefined) this.#logRefusal(error);
    else this.#exchange.lost(new ConnectionError("reset", error.message, { cause: error }));
    this.machine.refuse(error);
  }

  #logRefusal(error: Http1ProtocolError): void {
    try {
      this.#settings.logRefusal?.({ transport: this.transport, status: error.status, error });
    } catch (fault) {
      reportFault(fault, "Access log");
    }
  }

  /** Reads no more than it can keep while an answer is under way. */
  #holdBack(): void {
    if (this.#closing || this.#upgraded !== undefined) return;
    const full = this.machine.bufferedOctets >= pipelinedOctetsMax;
    if (full === this.#paused) return;
    this.#paused = full;
    if (full) this.transport.pause();
    else this.transport.resume();
  }

  /**
   * Closes our side and drops what the client still sends: closing both at once would reset the connection and could
   * lose the answer (RFC 9112 §9.6).
   */
  #close(): void {
    const { closing } = this.machine;
    if (closing === "upgraded") return;
    this.#closing = true;
    this.#exchange?.lost(undefined);
    if (closing === "abort")
      return this.transport.abort(new ConnectionError("aborted", "The answer could not be completed"));
    this.transport.end();
    this.transport.resume();
    this.#stalledOctets = Number.POSITIVE_INFINITY;
    this.#stalledUntil = this.#lingerUntil();
  }

  #lingerUntil(): Instant {
    return this.transport.reactor.clock.now() + this.machine.limits.lingerTimeoutMs;
  }

  #expectProgress(): void {
    this.#stalledOctets = this.transport.pendingOctets;
    this.#stalledUntil = this.transport.reactor.clock.now() + this.#settings.writeStallMs;
  }

  /** Every octet that goes out finds a client that is gone, so only silence has to end. */
  #expectAnswer(withinMs: number = this.#settings.halfClosedMs): void {
    this.#answerUntil = this.transport.reactor.clock.now() + withinMs;
  }

  #drainNow(): void {
    this.#drainsAt = undefined;
    this.machine.drain();
  }

  #setDeadline(): void {
    if (this.#upgraded !== undefined) return;
    const own = earliest(this.#stalledUntil, this.#drainsAt);
    if (this.#closing) return this.#timer.set(own);
    this.#timer.set(earliest(own, earliest(this.machine.deadline, this.#answerUntil)));
  }

  #expire(): void {
    const now = this.transport.reactor.clock.now();
    if (this.#stalledUntil !== undefined && now >= this.#stalledUntil) return this.#stalled();
    if (this.#drainsAt !== undefined && now >= this.#drainsAt) this.#drainNow();
    if (this.#answerUntil !== undefined && now >= this.#answerUntil) return this.#unanswered();
    this.machine.expire(now);
    this.pullNow();
  }

  /** What the network has not taken yet is told apart from silence: the client may be slow. */
  #unanswered(): void {
    if (this.transport.pendingOctets === 0)
      return this.transport.abort(
        new ConnectionError("timed-out", "The client closed its side, and the answer is silent"),
      );
    this.#expectAnswer(this.#settings.writeStallMs);
    this.#setDeadline();
  }

  /** A slow client is waited for as long as it takes something; one that takes nothing costs a slot, and not for ever. */
  #stalled(): void {
    const { pendingOctets } = this.transport;
    if (pendingOctets === 0 || pendingOctets >= this.#stalledOctets) {
      return this.transport.abort(new ConnectionError("timed-out", "The client takes no more"));
    }
    this.#expectProgress();
    this.#setDeadline();
  }
}

function requestEvent({ request, ...answer }: HttpAccess, transport: Transport): RequestEvent {
  return { protocol: "http", method: request.method, target: request.path, ...answer, transport };
}

function earliest(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
