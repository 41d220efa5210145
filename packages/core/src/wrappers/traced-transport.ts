import type { ConnectionError } from "../errors.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { TraceHappening, TraceSide, TraceSink } from "../trace.ts";
import type { Transport } from "../transport.ts";
import { TransportWrapper } from "./transport-wrapper.ts";

let connections = 0;

/** A transport that tells a sink everything. Above TLS it tells what is said inside. */
export class TracedTransport extends TransportWrapper {
  readonly #sink: TraceSink;
  readonly #side: TraceSide;
  readonly #connection = ++connections;
  #hasEnded = false;

  constructor(inner: Transport, sink: TraceSink, side: TraceSide) {
    super(inner);
    this.#sink = sink;
    this.#side = side;
    this.#tell({ type: "opened", local: inner.local, peer: inner.peer });
  }

  override write(chunk: Uint8Array | string): boolean {
    this.#tellSent(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    return super.write(chunk);
  }

  override writeLatin1(text: string): boolean {
    this.#tellSent(Buffer.from(text, "latin1"));
    return super.writeLatin1(text);
  }

  override end(): void {
    if (!this.#hasEnded) this.#tell({ type: "sent-end" });
    this.#hasEnded = true;
    super.end();
  }

  override async startTls(options: TlsOptions): Promise<Security> {
    const security = await super.startTls(options);
    this.#tell({ type: "secured", version: security.version });
    return security;
  }

  override received(chunk: Uint8Array): void {
    this.#tell({ type: "received", octets: chunk });
    super.received(chunk);
  }

  override receivedEnd(): void {
    this.#tell({ type: "received-end" });
    super.receivedEnd();
  }

  override lost(error: ConnectionError | undefined): void {
    this.#tell({ type: "closed", error });
    super.lost(error);
  }

  #tellSent(octets: Uint8Array): void {
    if (!this.#hasEnded && octets.length > 0) this.#tell({ type: "sent", octets });
  }

  #tell(happening: TraceHappening): void {
    this.#sink({ ...happening, at: this.reactor.clock.now(), connection: this.#connection, side: this.#side });
  }
}
