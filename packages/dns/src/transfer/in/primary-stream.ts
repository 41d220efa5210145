import {
  type Cancellable,
  type Connection,
  connectTo,
  encodeLengthPrefixed,
  FramingError,
  LengthPrefixedReader,
  type Reactor,
  withDeadline,
} from "@hawser/core";
import { dnsMessageOctetsMax } from "../../limits.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { signDnsMessage } from "../../tsig/sign.ts";
import { ZoneTransferError } from "../errors.ts";
import { streamOfPrimary, type ZonePrimary } from "./primary.ts";

/** A question that was sent, and what its answer is recognized by. */
export interface SentQuestion {
  readonly id: number;
  readonly tsig: { readonly key: TsigKey; readonly mac: Uint8Array } | undefined;
}

/** What a stream is made with. */
export interface PrimaryStreamOptions extends Cancellable {
  readonly reactor: Reactor;
  /** For the connection to be made, and for each next message. */
  readonly idleTimeoutMs: number;
}

/** A connection to a primary over TCP or TLS, for one question after the other. */
export class PrimaryStream {
  readonly #connection: Connection;
  readonly #primary: ZonePrimary;
  readonly #options: PrimaryStreamOptions;
  readonly #frames = new LengthPrefixedReader(16, { octetsMax: dnsMessageOctetsMax });

  private constructor(connection: Connection, primary: ZonePrimary, options: PrimaryStreamOptions) {
    this.#connection = connection;
    this.#primary = primary;
    this.#options = options;
  }

  /** @throws {ConnectionError} */
  static async connect(primary: ZonePrimary, options: PrimaryStreamOptions): Promise<PrimaryStream> {
    const { reactor, signal, idleTimeoutMs: timeoutMs } = options;
    const { serverName = primary.host, ...tls } = primary.tls ?? {};
    const how = { reactor, signal, timeoutMs, tls: { ...tls, serverName } };
    return new PrimaryStream(await connectTo(streamOfPrimary(primary), how), primary, options);
  }

  /** Sends a question, signed if the primary has a key. */
  ask(question: DnsMessageInit): SentQuestion {
    const { random, clock } = this.#options.reactor;
    const id = random.integer(0, 0x1_0000);
    const { tsigKey: key } = this.#primary;
    const bare = encodeDnsMessage({ ...question, id });
    const signed = key && signDnsMessage(bare, key, { now: clock.wall() / 1000 });
    this.#connection.write(encodeLengthPrefixed(16, signed?.octets ?? bare));
    return { id, tsig: key && signed && { key, mac: signed.mac } };
  }

  /**
   * The next message.
   * @throws {ZoneTransferError} `ended-early`
   * @throws {ConnectionError} when the connection is lost, or nothing comes for too long
   */
  async next(): Promise<Uint8Array> {
    for (let octets = this.#frames.next(); ; octets = this.#frames.next()) {
      if (octets !== undefined) return octets;
      this.#frames.receive(await this.#chunk());
    }
  }

  /** Hangs up. */
  abort(): void {
    this.#connection.abort();
  }

  async #chunk(): Promise<Uint8Array> {
    const { reactor, idleTimeoutMs, signal } = this.#options;
    try {
      const read = (both: AbortSignal) => this.#connection.read({ signal: both });
      const chunk = await withDeadline(reactor.clock, idleTimeoutMs, read, { signal });
      if (chunk !== undefined) return chunk;
    } catch (cause) {
      if (!(cause instanceof FramingError)) throw cause;
      throw new ZoneTransferError("ended-early", cause.message, { cause });
    }
    throw new ZoneTransferError("ended-early", "the connection ended before it");
  }
}
