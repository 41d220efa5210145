import type { Address, Clock, Instant } from "@hawser/core";
import type { EdnsCookie } from "../edns/options/cookie.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import type { DnsQuery } from "../message/query.ts";
import type { TsigKey } from "../tsig/key.ts";
import type { DnsChannel } from "./channel.ts";
import type { DnsRequest, DnsTransport } from "./request.ts";

/** A signature of a request that was found good. */
export interface RequestSignature {
  readonly key: TsigKey;
  /** What the answer's signature builds on. */
  readonly mac: Uint8Array;
}

/** A request on its way through the server. What few of them need is made when it is asked for. */
export class ServedRequest implements DnsRequest {
  readonly query: DnsQuery;
  readonly peer: Address;
  readonly channel: DnsChannel;
  readonly octetsMax: number;
  signature: RequestSignature | undefined;
  /** The asker is where it says to be: it came over a stream, or with a good cookie. */
  isAddressProven: boolean;
  /** The cookie for the answer. */
  cookie: EdnsCookie | undefined;
  readonly #clock: Clock;
  #arrivedAt: number | undefined;
  #deadline: Instant | undefined;
  /** Made when it is asked for, or must tell that the request is over. */
  #controller: AbortController | undefined;

  constructor(clock: Clock, query: DnsQuery, peer: Address, channel: DnsChannel, octetsMax: number) {
    this.#clock = clock;
    this.query = query;
    this.peer = peer;
    this.channel = channel;
    this.octetsMax = octetsMax;
    this.isAddressProven = channel.transport !== "udp";
  }

  /** Looked up when it is asked for, or when the waiting begins: until then no time passes that anybody could tell. */
  get arrivedAt(): number {
    this.#arrivedAt ??= this.#clock.wall();
    return this.#arrivedAt;
  }

  get transport(): DnsTransport {
    return this.channel.transport;
  }

  get tsigKey(): TsigKey | undefined {
    return this.signature?.key;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** When it must be answered, on the monotonic clock. */
  get deadline(): Instant {
    return this.#deadline ?? 0;
  }

  /** The answer is not at hand: from here on time passes. */
  waitUntil(deadline: Instant): void {
    this.#arrivedAt ??= this.#clock.wall();
    this.#deadline = deadline;
  }

  /** Nobody waits for the answer any more, or it has been given. */
  get isOver(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  /** Stops the work on an answer that nobody waits for. */
  abandon(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  option<Type extends EdnsOption["type"]>(type: Type): Extract<EdnsOption, { readonly type: Type }> | undefined {
    const options = this.query.edns?.options;
    if (options === undefined || options.length === 0) return undefined;
    return options.find((one): one is Extract<EdnsOption, { readonly type: Type }> => one.type === type);
  }
}
