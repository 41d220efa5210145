import type { Address } from "../address.ts";
import type { ConnectionError } from "../errors.ts";
import type { Protocol } from "../factory.ts";
import type { Reactor } from "../reactor.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Receiver, Transport } from "../transport.ts";

/**
 * Stands between a protocol and its transport and passes everything both ways. A wrapper extends it and overrides the
 * few methods it cares for: those of {@link Transport} on the way down, {@link received} and its like on the way up.
 */
export class TransportWrapper implements Transport {
  /** The transport that is wrapped. */
  readonly inner: Transport;
  /** What the transport below pushes into. */
  readonly below: Protocol;
  #receiver: Protocol | undefined;
  #pausedAbove = false;
  #pausedHere = false;

  constructor(inner: Transport) {
    this.inner = inner;
    this.below = new Below(this);
  }

  /** Names the protocol above and gives what takes its place below, for a factory to return: whoever accepts starts it. */
  adopt(protocol: Protocol): Protocol {
    this.#receiver = protocol;
    return this.below;
  }

  // Down: what the protocol above calls.

  get reactor(): Reactor {
    return this.inner.reactor;
  }

  get local(): Address {
    return this.inner.local;
  }

  get peer(): Address {
    return this.inner.peer;
  }

  get security(): Security | undefined {
    return this.inner.security;
  }

  get pendingOctets(): number {
    return this.inner.pendingOctets;
  }

  get octetsIn(): number | undefined {
    return this.inner.octetsIn;
  }

  get octetsOut(): number | undefined {
    return this.inner.octetsOut;
  }

  start(receiver: Receiver): void {
    const first = this.#receiver === undefined;
    this.#receiver = receiver;
    if (first) this.inner.start(this.below);
  }

  write(chunk: Uint8Array | string): boolean {
    return this.inner.write(chunk);
  }

  writeLatin1(text: string): boolean {
    return this.inner.writeLatin1(text);
  }

  end(): void {
    this.inner.end();
  }

  abort(reason?: Error): void {
    this.inner.abort(reason);
  }

  pause(): void {
    this.#pausedAbove = true;
    this.inner.pause();
  }

  resume(): void {
    this.#pausedAbove = false;
    if (!this.#pausedHere) this.inner.resume();
  }

  startTls(options: TlsOptions): Promise<Security> {
    return this.inner.startTls(options);
  }

  whenClosed(run: (transport: Transport) => void): void {
    this.inner.whenClosed(() => run(this));
  }

  // Up: what the transport below brings.

  received(chunk: Uint8Array): void {
    this.#receiver?.data(chunk);
  }

  receivedEnd(): void {
    this.#receiver?.end();
  }

  drained(): void {
    this.#receiver?.drained?.();
  }

  lost(error: ConnectionError | undefined): void {
    this.#receiver?.closed(error);
  }

  /** The server is stopping. A protocol that cannot drain is left to end by itself, as without a wrapper. */
  drain(): void {
    this.#receiver?.drain?.();
  }

  // The wrapper's own pause, apart from the protocol's: data flows when neither wants it stopped.

  protected get isPausedAbove(): boolean {
    return this.#pausedAbove;
  }

  protected hold(): void {
    this.#pausedHere = true;
    this.inner.pause();
  }

  protected release(): void {
    this.#pausedHere = false;
    if (!this.#pausedAbove) this.inner.resume();
  }
}

/** The wrapper's lower side. It is an object of its own because `end` means another thing on each side. */
class Below implements Protocol {
  readonly #wrapper: TransportWrapper;

  constructor(wrapper: TransportWrapper) {
    this.#wrapper = wrapper;
  }

  data(chunk: Uint8Array): void {
    this.#wrapper.received(chunk);
  }

  end(): void {
    this.#wrapper.receivedEnd();
  }

  drained(): void {
    this.#wrapper.drained();
  }

  closed(error?: ConnectionError): void {
    this.#wrapper.lost(error);
  }

  drain(): void {
    this.#wrapper.drain();
  }
}
