import { builtIn, type Reactor } from "@hawser/core";

/** What is thought of a nonce that a client uses. */
export type HttpNonceVerdict =
  | "good"
  | "old" // good, but it is time to give out another
  | "stale"; // not ours, too old, or used so before: the client may try again with a new one

/** How {@link HttpNonces} are made and kept. */
export interface HttpNoncesOptions {
  /** How long a nonce is good. Default 300,000 ms. */
  readonly lifetimeMs?: number | undefined;
  /** How many used nonces are remembered; who uses one that was forgotten is given another. Default 10,000. */
  readonly noncesMax?: number | undefined;
}

const timeOctets = 6;
const randomOctets = 10;
const macOctets = 16;
const bodyOctets = timeOctets + randomOctets;

/** How far behind the highest count a request may come: clients send several at once, and they overtake each other. */
const windowCounts = 64n;

/** Which counts of one nonce were used: the highest, and a bit for each of those before it. */
interface UsedNonce {
  readonly madeAt: number;
  highest: bigint;
  /** Bit n: `highest - n` was used. */
  used: bigint;
}

/**
 * The nonces of one server (RFC 7616 §3.3, §5.4): time, chance, and a keyed hash over both, so that nothing is kept until one
 * was used with the right password. From then on every count is taken once.
 */
export class HttpNonces {
  readonly #reactor: Reactor;
  readonly #key: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #noncesMax: number;
  readonly #used = new Map<string, UsedNonce>();
  /** Nonces made until then may be among those that were forgotten. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(reactor: Reactor, options: HttpNoncesOptions = {}) {
    this.#reactor = reactor;
    this.#key = reactor.random.bytes(32);
    this.#lifetimeMs = options.lifetimeMs ?? 300_000;
    this.#noncesMax = options.noncesMax ?? 10_000;
  }

  make(): string {
    const body = Buffer.alloc(bodyOctets);
    body.writeUIntBE(Math.floor(this.#reactor.clock.now()) % 2 ** 48, 0, timeOctets);
    body.set(this.#reactor.random.bytes(randomOctets), timeOctets);
    return Buffer.concat([body, this.#mac(body)]).toString("base64url");
  }

  /** Whether it is one of ours and not too old. */
  look(nonce: string): HttpNonceVerdict {
    const madeAt = this.#madeAt(nonce);
    if (madeAt === undefined) return "stale";
    if (madeAt <= this.#forgottenUntil && !this.#used.has(nonce)) return "stale";
    const age = this.#reactor.clock.now() - madeAt;
    if (age > this.#lifetimeMs) return "stale";
    return age > this.#lifetimeMs / 2 ? "old" : "good";
  }

  /** Takes one count of a nonce that was used with the right password. @returns false when it was taken before */
  use(nonce: string, count: number): boolean {
    const known = this.#used.get(nonce) ?? this.#remember(nonce);
    const at = BigInt(count);
    if (at > known.highest) {
      const gap = at - known.highest;
      known.used = gap >= windowCounts ? 1n : ((known.used << gap) | 1n) & ((1n << windowCounts) - 1n);
      known.highest = at;
      return true;
    }
    const behind = known.highest - at;
    if (at === 0n || behind >= windowCounts || (known.used & (1n << behind)) !== 0n) return false;
    known.used |= 1n << behind;
    return true;
  }

  #remember(nonce: string): UsedNonce {
    const made: UsedNonce = { madeAt: this.#madeAt(nonce) ?? 0, highest: 0n, used: 1n };
    this.#used.set(nonce, made);
    for (const [oldest, { madeAt }] of this.#used) {
      const isOver = this.#reactor.clock.now() - madeAt > this.#lifetimeMs;
      if (!isOver && this.#used.size <= this.#noncesMax) break;
      this.#used.delete(oldest);
      if (!isOver) this.#forgottenUntil = Math.max(this.#forgottenUntil, madeAt);
    }
    return made;
  }

  #madeAt(nonce: string): number | undefined {
    if (!/^[\w-]{43}$/.test(nonce)) return undefined;
    const octets = Buffer.from(nonce, "base64url");
    const body = octets.subarray(0, bodyOctets);
    const isOurs = builtIn("node:crypto").timingSafeEqual(octets.subarray(bodyOctets), this.#mac(body));
    return isOurs ? body.readUIntBE(0, timeOctets) : undefined;
  }

  #mac(body: Uint8Array): Uint8Array {
    return builtIn("node:crypto").createHmac("sha256", this.#key).update(body).digest().subarray(0, macOctets);
  }
}
