import type { Address } from "../address.ts";
import type { Timer } from "../clock.ts";
import type { ConnectionError } from "../errors.ts";
import type { Protocol } from "../factory.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Transport } from "../transport.ts";
import { TransportWrapper } from "../wrappers/transport-wrapper.ts";
import { ProxyProtocolError } from "./errors.ts";
import type { ProxyHeader } from "./header.ts";
import { ProxyHeaderReader, type ReadProxyHeader } from "./wire.ts";

/** How a header is awaited. */
export interface ProxyHeaderOptions {
  /** How long the header may take. Default 5,000 ms. */
  readonly headerTimeoutMs?: number | undefined;
  /** The longest version 2 header. Default 4,096 octets. */
  readonly headerOctetsMax?: number | undefined;
}

const headerTimeoutMsDefault = 5_000;

/** Who waits for the header. */
export interface ProxyHeaderWaiter {
  ready(transport: ProxiedTransport): void;
  failed(error: Error): void;
}

/**
 * A connection that begins with a PROXY header. When the header has been read its ends are those that the header names;
 * the octets that came behind it are kept for the protocol, or for TLS.
 */
export class ProxiedTransport extends TransportWrapper {
  readonly #waiter: ProxyHeaderWaiter;
  readonly #timer: Timer;
  #reader: ProxyHeaderReader | undefined;
  #header: ProxyHeader | undefined;
  /** What arrived behind the header and has no receiver yet. */
  #kept: Uint8Array[] = [];
  #keptEnd = false;
  #keptLoss: { readonly error: ConnectionError | undefined } | undefined;
  #started = false;

  constructor(inner: Transport, options: ProxyHeaderOptions, waiter: ProxyHeaderWaiter) {
    super(inner);
    this.#waiter = waiter;
    this.#reader = new ProxyHeaderReader(options.headerOctetsMax);
    const ms = options.headerTimeoutMs ?? headerTimeoutMsDefault;
    this.#timer = inner.reactor.clock.after(ms, () =>
      this.#fail(new ProxyProtocolError("timed-out", `No PROXY header within ${ms} ms`)),
    );
  }

  /** The header, once it has been read. */
  get header(): ProxyHeader | undefined {
    return this.#header;
  }

  override get peer(): Address {
    return this.#header?.addresses?.source ?? this.inner.peer;
  }

  override get local(): Address {
    return this.#header?.addresses?.destination ?? this.inner.local;
  }

  /** The transport below runs already: only what was kept must still be delivered, after this call. */
  override start(receiver: Protocol): void {
    this.adopt(receiver);
    this.#started = true;
    this.#deliverSoon();
  }

  override resume(): void {
    super.resume();
    if (this.#started) this.#deliverSoon();
  }

  /** Octets that came behind the header in one packet with it are the client's handshake, not a smuggled command. */
  override startTls(options: TlsOptions): Promise<Security> {
    if (this.#started || this.#kept.length === 0 || options.side === "client") return super.startTls(options);
    const received = Buffer.concat(this.#kept);
    this.#kept = [];
    return super.startTls({ ...options, received, sharedWith: options });
  }

  override received(chunk: Uint8Array): void {
    if (this.#reader !== undefined) this.#readHeader(this.#reader, chunk);
    else if (this.#isHolding) this.#kept.push(chunk);
    else super.received(chunk);
  }

  override receivedEnd(): void {
    if (this.#reader !== undefined)
      this.#fail(new ProxyProtocolError("unexpected-end", "The connection ended inside the PROXY header"));
    else if (this.#isHolding) this.#keptEnd = true;
    else super.receivedEnd();
  }

  override lost(error: ConnectionError | undefined): void {
    if (this.#reader !== undefined)
      this.#fail(error ?? new ProxyProtocolError("unexpected-end", "The connection was lost inside the PROXY header"));
    else if (this.#isHolding) this.#keptLoss = { error };
    else super.lost(error);
  }

  override drain(): void {
    if (this.#reader === undefined) super.drain();
    else this.abort();
  }

  #readHeader(reader: ProxyHeaderReader, chunk: Uint8Array): void {
    let read: ReadProxyHeader | undefined;
    try {
      read = reader.receive(chunk);
    } catch (error) {
      return this.#fail(error as Error);
    }
    if (read === undefined) return;
    this.#reader = undefined;
    this.#timer.cancel();
    this.#header = read.header;
    if (read.rest.length > 0) this.#kept.push(read.rest);
    this.hold();
    this.#waiter.ready(this);
  }

  #fail(error: Error): void {
    this.#reader = undefined;
    this.#timer.cancel();
    this.#waiter.failed(error);
  }

  get #isHolding(): boolean {
    return !this.#started || this.#kept.length > 0;
  }

  #deliverSoon(): void {
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    while (this.#kept.length > 0) {
      if (this.isPausedAbove) return;
      super.received(this.#kept.shift()!);
    }
    this.release();
    if (this.#keptEnd) super.receivedEnd();
    this.#keptEnd = false;
    if (this.#keptLoss !== undefined) super.lost(this.#keptLoss.error);
    this.#keptLoss = undefined;
  }
}

/** The PROXY header that a connection came with, `undefined` when it came without. Wrappers around it do not hide it. */
export function proxyHeaderOf(transport: Transport): ProxyHeader | undefined {
  if (transport instanceof ProxiedTransport) return transport.header;
  return transport instanceof TransportWrapper ? proxyHeaderOf(transport.inner) : undefined;
}
