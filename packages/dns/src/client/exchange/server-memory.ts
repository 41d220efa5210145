import type { Instant, Random } from "@hawser/core";
import {
  clientCookieAgeMsMax,
  firstWaitMsDefault,
  firstWaitMsMax,
  firstWaitMsMin,
  peculiarityMs,
  rememberedServersMax,
} from "../limits.ts";

/** What is known about the servers asked last, by address and port. */
export class ServerMemory {
  readonly #random: Random;
  readonly #known = new Map<string, RememberedServer>();

  constructor(random: Random) {
    this.#random = random;
  }

  of(host: string, port: number): RememberedServer {
    const key = `${host} ${port}`;
    const server = this.#known.get(key) ?? new RememberedServer(this.#random);
    this.#known.delete(key); // and to the end: the first is the one asked longest ago
    this.#known.set(key, server);
    if (this.#known.size > rememberedServersMax)
      for (const oldest of this.#known.keys()) return this.#forget(oldest, server);
    return server;
  }

  #forget(oldest: string, server: RememberedServer): RememberedServer {
    this.#known.delete(oldest);
    return server;
  }
}

/** What is known about one server: its cookies, its ways, and how quick it is. */
export class RememberedServer {
  readonly #random: Random;
  #client: Uint8Array | undefined;
  #clientMadeAt: Instant = 0;
  #server: Uint8Array | undefined;
  #plainUntil: Instant = Number.NEGATIVE_INFINITY;
  #foldsUntil: Instant = Number.NEGATIVE_INFINITY;
  #smoothedMs: number | undefined;
  #deviationMs = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Our cookie for this server, and the one that it gave (RFC 7873 §4, RFC 9018 §3). */
  cookie(now: Instant): { readonly client: Uint8Array; readonly server: Uint8Array | undefined } {
    if (this.#client === undefined || now - this.#clientMadeAt > clientCookieAgeMsMax) {
      this.#client = this.#random.bytes(8);
      this.#clientMadeAt = now;
      this.#server = undefined;
    }
    return { client: this.#client, server: this.#server };
  }

  /** Keeps the cookie that a server gave for one of ours; `undefined`: none. */
  gave(server: Uint8Array | undefined, client: Uint8Array): void {
    if (client === this.#client) this.#server = server;
  }

  /** It gives no cookies any more. */
  forgetCookie(): void {
    this.#server = undefined;
  }

  knowsEdns(now: Instant): boolean {
    return now >= this.#plainUntil;
  }

  /** It answered a question without EDNS that it had refused with it. */
  learnPlain(now: Instant): void {
    this.#plainUntil = now + peculiarityMs;
  }

  keepsCase(now: Instant): boolean {
    return now >= this.#foldsUntil;
  }

  /** It changed letters in a question over a connection, where nobody else can answer. */
  learnFolding(now: Instant): void {
    this.#foldsUntil = now + peculiarityMs;
  }

  /** How long an answer took; smoothed as TCP does (RFC 6298 §2). */
  measured(ms: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = ms;
      this.#deviationMs = ms / 2;
      return;
    }
    this.#deviationMs += (Math.abs(ms - this.#smoothedMs) - this.#deviationMs) / 4;
    this.#smoothedMs += (ms - this.#smoothedMs) / 8;
  }

  /** How long to wait before a question is sent a second time. */
  get firstWaitMs(): number {
    if (this.#smoothedMs === undefined) return firstWaitMsDefault;
    return Math.min(Math.max(this.#smoothedMs + 4 * this.#deviationMs, firstWaitMsMin), firstWaitMsMax);
  }
}
