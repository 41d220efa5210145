import { ConnectionError, drive, type Transport } from "@hawser/core";
import { type Http1ClientEvent, Http1ClientMachine, type Http1RequestAction } from "../http1/index.ts";

/** One answer, whole. */
export interface TestHttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** The server keeps the connection for another request. */
  readonly reusable: boolean;
}

/** A connection of a client that asks one thing at a time: the engine's own client machine, driven. */
export class TestHttpClient {
  readonly transport: Transport;
  readonly #machine: Http1ClientMachine;
  readonly #ask: (action: Http1RequestAction) => void;
  #answered: ((answer: TestHttpAnswer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #status = 0;
  #chunks: Uint8Array[] = [];

  constructor(transport: Transport) {
    this.transport = transport;
    this.#machine = new Http1ClientMachine({ now: () => transport.reactor.clock.now() });
    const driver = drive(this.#machine, transport, {
      event: (event) => this.#event(event),
      failed: (error) => this.#failed?.(error),
      closed: (error) => this.#failed?.(error ?? new ConnectionError("reset", "Closed before the answer was whole")),
    });
    this.#ask = (action) => driver.send(action);
    transport.start(driver);
  }

  /** Sends a request and waits for its whole answer. `halfClose` ends our side behind it. */
  ask(
    request: Omit<Http1RequestAction, "type">,
    options: { readonly halfClose?: boolean } = {},
  ): Promise<TestHttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#chunks = [];
      this.#ask({ type: "request", host: "server", ...request });
      if (options.halfClose) this.transport.end();
    });
  }

  #event(event: Http1ClientEvent): void {
    if (event.type === "response") this.#status = event.head.status;
    if (event.type === "body") this.#chunks.push(event.chunk);
    const whole = event.type === "response-end" || (event.type === "response" && event.head.bodyKind === "none");
    if (whole)
      this.#answered?.({ status: this.#status, body: Buffer.concat(this.#chunks), reusable: this.#machine.reusable });
  }
}
