import type { ConnectionError, Transport } from "@hawser/core/protocol";
import { reportFault, StateError } from "@hawser/core/protocol";
import { HttpError } from "../http/error.ts";
import type { HttpHeaders } from "../http/headers.ts";
import { HttpRequest, type HttpRequestContext } from "../http/request.ts";
import { bodyLost } from "../http/request-body.ts";
import type { HttpResponse, HttpUpgrade } from "../http/response.ts";
import type { Http1RequestHead } from "../http1/index.ts";
import { discard, encodeText, isRefilling, isStream, letGo } from "./body.ts";
import type { HttpServerConnection } from "./connection.ts";
import { httpErrorFor } from "./error-answer.ts";

/** One request and its answer, from the head to the last octet. */
export class HttpExchange implements HttpRequestContext {
  readonly #connection: HttpServerConnection;
  readonly request: HttpRequest;
  readonly #head: Http1RequestHead;
  /** `undefined`: nobody wants to know how long it takes. */
  readonly #startedAt: number | undefined;
  #controller: AbortController | undefined;
  #stream: AsyncIterator<Uint8Array> | undefined;
  #continued = false;
  #responding = false;
  #over = false;
  /** Why it ended before its time. */
  #loss: ConnectionError | undefined;
  #status = 0;
  #octets = 0;

  constructor(connection: HttpServerConnection, head: Http1RequestHead) {
    this.#connection = connection;
    this.#head = head;
    this.#startedAt = connection.logs ? connection.transport.reactor.clock.now() : undefined;
    this.request = new HttpRequest(head, this);
  }

  get transport(): Transport {
    return this.#connection.transport;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#loss !== undefined) this.#controller.abort(this.#loss);
    }
    return this.#controller.signal;
  }

  /** True when the body that arrives has a reader waiting, or nobody will ever read it. */
  get pulls(): boolean {
    return this.#over || this.request.bodyAsked?.hungry === true;
  }

  wanted(): void {
    if (this.#over) return this.#failBody();
    if (this.#head.expectContinue && !this.#continued && !this.#responding) {
      this.#continued = true;
      this.#connection.machine.send({ type: "informational", status: 100 });
    }
    this.#connection.pullSoon();
  }

  inform(status: 102 | 103, headers: HttpHeaders): void {
    if (this.#responding || this.#over || this.request.version === "1.0") return;
    this.#connection.machine.send({ type: "informational", status, headers });
    this.#connection.flush();
  }

  /** Asks the application and sends what it answers: in this very call when the answer is not a promise. */
  run(): void {
    let answer: HttpResponse | Promise<HttpResponse>;
    try {
      answer = this.#connection.handle(this.request);
    } catch (error) {
      return this.#respondError(error);
    }
    if (answer instanceof Promise) this.#runLater(answer);
    else this.#respond(answer);
  }

  /** The client is gone, or was given up. */
  lost(error: ConnectionError | undefined): void {
    if (this.#over) return;
    this.#loss = bodyLost(error);
    this.#controller?.abort(this.#loss);
    if (this.#stream !== undefined) void letGo(this.#stream);
    this.#finish(false);
  }

  #runLater(answer: Promise<HttpResponse>): void {
    answer.then(
      (response) => {
        if (this.#over) return discard(response);
        this.#respond(response);
        this.#connection.pullNow();
      },
      (error: unknown) => {
        if (this.#over) return;
        this.#respondError(error);
        this.#connection.pullNow();
      },
    );
  }

  #respond(response: HttpResponse): void {
    try {
      this.#send(response);
    } catch (error) {
      discard(response);
      this.#failed(error);
    }
  }

  #respondError(error: unknown): void {
    const expected = httpErrorFor(error);
    if (expected === undefined) reportFault(error, this.#what);
    const answer = expected ?? new HttpError(500, undefined, { cause: error });
    try {
      this.#send(this.#connection.errorPage(answer, this.request));
    } catch (failure) {
      this.#failed(failure);
    }
  }

  #send(response: HttpResponse): void {
    // A forgotten `return` of an application that is not type-checked.
    if (response === undefined) throw new TypeError("Cannot answer: the handler returned nothing");
    const { machine } = this.#connection;
    const { status, headers, body } = response;
    this.#responding = true;
    this.#status = status;
    if (response.upgrade !== undefined) return this.#upgrade(response, response.upgrade);
    if (!isStream(body)) {
      const whole = typeof body === "string" ? encodeText(body) : body;
      machine.send({ type: "response", status, headers, body: whole });
      this.#octets = this.#omitsBody ? 0 : (whole?.length ?? 0);
      return this.#finish(true);
    }
    machine.send({ type: "response", status, headers, length: response.length ?? "unknown" });
    if (!this.#omitsBody) return void this.#sendStream(response, body);
    discard(response);
    machine.send({ type: "response-end" });
    this.#finish(true);
  }

  /** RFC 9110 §6.4.1: no body whatever the application gave, but the fields that describe it stay. */
  get #omitsBody(): boolean {
    return this.request.method === "HEAD" || this.#status === 204 || this.#status === 304;
  }

  async #sendStream(response: HttpResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
    const connection = this.#connection;
    try {
      connection.flush();
      const stream = body[Symbol.asyncIterator]();
      this.#stream = stream;
      for (let step = await stream.next(); !step.done; step = await stream.next()) {
        if (this.#over) return;
        this.#octets += step.value.length;
        connection.machine.send({ type: "body", chunk: step.value });
        if (!connection.flush()) await connection.drainedAgain();
        if (this.#over) return;
        if (isRefilling(body) && this.transport.copies && this.transport.pendingOctets === 0) body.taken();
      }
      if (this.#over) return;
      connection.machine.send({ type: "response-end", trailers: response.trailers?.() });
      this.#finish(true);
    } catch (error) {
      if (this.#over) return;
      if (this.#stream !== undefined) void letGo(this.#stream);
      this.#failed(error);
    }
    connection.pullNow();
  }

  #upgrade({ status, headers }: HttpResponse, take: HttpUpgrade): void {
    const { machine, transport } = this.#connection;
    machine.send({ type: "upgrade", status, headers });
    this.#connection.flush();
    this.#finish(true);
    try {
      this.#connection.handOver(take(transport, machine.takeRest()));
    } catch (error) {
      reportFault(error, `Upgrade of ${this.#what}`);
      transport.abort();
    }
  }

  /** The answer cannot be completed: its stream failed, or the application built one that cannot be sent. */
  #failed(error: unknown): void {
    reportFault(error, `Answer to ${this.#what}`);
    const { machine } = this.#connection;
    if (machine.writing === "answer") {
      this.#status = 500;
      machine.send({ type: "response", status: 500, body: "" });
      this.#finish(true);
    } else {
      if (machine.writing === "body") machine.send({ type: "abandon" });
      this.#finish(false);
    }
  }

  #finish(complete: boolean): void {
    this.#over = true;
    this.#stream = undefined;
    this.#failBody();
    this.#connection.finished(this);
    if (this.#startedAt === undefined) return;
    this.#connection.logAccess({
      request: this.request,
      status: this.#status,
      octets: this.#octets,
      durationMs: this.transport.reactor.clock.now() - this.#startedAt,
      complete,
    });
  }

  /** Nothing more of the body will come: who waits for it, or asks for it later, is told why. */
  #failBody(): void {
    const body = this.request.bodyAsked;
    if (body === undefined || body.ended) return;
    body.fail(this.#loss ?? new StateError("Cannot read the body of the request: it is answered"));
  }

  /** The request in few words, for reports. */
  get #what(): string {
    return `${this.request.method} ${this.request.path}`;
  }
}
