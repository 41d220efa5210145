import { type Address, ipAddress } from "./address.ts";
import { ConnectionError } from "./errors.ts";
import type { Protocol } from "./factory.ts";
import type { Network } from "./network.ts";
import { nodeReactor } from "./node/reactor.ts";
import type { Reactor } from "./reactor.ts";
import type { Security, TlsOptions } from "./security.ts";
import { ManualClock, settled } from "./testing/manual-clock.ts";
import type { Receiver, Transport } from "./transport.ts";

export { ManualClock, settled };

/** The parts of a reactor that a test replaces; the others are the node reactor's. */
export function fakeReactor(parts: Partial<Reactor> = {}): Reactor & { readonly clock: ManualClock } {
  return { ...nodeReactor, kind: "fake", clock: new ManualClock(), ...parts } as Reactor & {
    readonly clock: ManualClock;
  };
}

/** A connection whose other end is the test. */
export class FakeTransport implements Transport {
  readonly reactor: Reactor;
  local: Address = ipAddress("192.0.2.1", 80);
  peer: Address = ipAddress("192.0.2.99", 4000);
  security: Security | undefined;
  pendingOctets = 0;
  /** Everything written, as one octet per character. */
  written = "";
  isEnded = false;
  isPaused = false;
  isFull = false;
  abortReason: Error | undefined;
  isClosed = false;
  tls: TlsOptions[] = [];
  /** What `startTls` waits for. */
  handshake: Promise<Security> = Promise.resolve(fakeSecurity);
  #receiver: Receiver | undefined;
  #closedCalls: ((transport: Transport) => void)[] = [];

  constructor(reactor: Reactor = fakeReactor()) {
    this.reactor = reactor;
  }

  get isStarted(): boolean {
    return this.#receiver !== undefined;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  write(chunk: Uint8Array | string): boolean {
    return this.writeLatin1(Buffer.from(chunk as string).toString("latin1"));
  }

  writeLatin1(text: string): boolean {
    if (this.isEnded || this.isClosed) return false;
    this.written += text;
    return !this.isFull;
  }

  end(): void {
    this.isEnded = true;
  }

  abort(reason: Error = new ConnectionError("aborted", "Connection given up by this side")): void {
    if (this.isClosed) return;
    this.abortReason = reason;
    this.close(new ConnectionError("aborted", reason.message, { cause: reason }));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  whenClosed(run: (transport: Transport) => void): void {
    if (this.isClosed) run(this);
    else this.#closedCalls.push(run);
  }

  async startTls(options: TlsOptions): Promise<Security> {
    this.tls.push(options);
    this.security = await this.handshake;
    return this.security;
  }

  // What the test does as the other end.

  deliver(text: string | Uint8Array): void {
    this.#receiver!.data(typeof text === "string" ? Buffer.from(text, "latin1") : text);
  }

  deliverEnd(): void {
    this.#receiver!.end();
  }

  drain(): void {
    this.isFull = false;
    this.#receiver?.drained?.();
  }

  close(error?: ConnectionError): void {
    this.isClosed = true;
    this.#receiver?.closed(error);
    for (const run of this.#closedCalls) run(this);
  }
}

/** What a protocol was told, in order, as words: `data hello`, `end`, `closed reset`. */
export class RecordingProtocol implements Protocol {
  readonly events: string[] = [];

  data(chunk: Uint8Array): void {
    this.events.push(`data ${Buffer.from(chunk).toString("latin1")}`);
  }

  end(): void {
    this.events.push("end");
  }

  drained(): void {
    this.events.push("drained");
  }

  closed(error?: ConnectionError): void {
    this.events.push(error === undefined ? "closed" : `closed ${error.code}`);
  }

  drain(): void {
    this.events.push("drain");
  }
}

/** What is known of a connection that a fake protected. */
export const fakeSecurity: Security = {
  version: "TLSv1.3",
  cipher: "fake",
  alpn: undefined,
  serverName: undefined,
  peerCertificate: undefined,
  ownCertificate: undefined,
  authorized: true,
  exportKeyingMaterial: (length) => new Uint8Array(length),
};

/** A network that answers as the test says; what it is asked for is recorded with the time. */
export function fakeNetwork(parts: Partial<Network>): Network {
  const unsupported = async () => {
    throw new ConnectionError("unsupported", "Not in this test");
  };
  return { listen: unsupported, connect: unsupported, bind: unsupported, ...parts };
}
