import { createHmac } from "node:crypto";
import type { Clock, Instant, Reactor } from "@hawser/core";
import { sameOctets } from "../compare.ts";
import { LeastRecent } from "../least-recent.ts";

interface Remembered {
  readonly hash: string;
  readonly mark: Uint8Array;
  readonly until: Instant;
}

/**
 * Right passwords of late, so that a browser that shows one with every request, or a mail client with every connection,
 * costs one hash and not hundreds. What is kept is a keyed mark; the key lives in this process only. A password that was
 * changed is forgotten with its hash.
 */
export class RememberedPasswords {
  readonly #clock: Clock;
  readonly #key: Uint8Array;
  readonly #marks = new LeastRecent<string, Remembered>(rememberedMax);

  constructor(reactor: Reactor) {
    this.#clock = reactor.clock;
    this.#key = reactor.random.bytes(32);
  }

  /** Tells whether this password was right for this very hash a while ago. */
  knows(user: string, hash: string, password: string): boolean {
    const known = this.#marks.get(user);
    if (known === undefined || known.hash !== hash || known.until <= this.#clock.now()) return false;
    return sameOctets(known.mark, this.#mark(user, password));
  }

  remember(user: string, hash: string, password: string): void {
    this.#marks.set(user, { hash, mark: this.#mark(user, password), until: this.#clock.now() + rememberMs });
  }

  #mark(user: string, password: string): Uint8Array {
    return createHmac("sha256", this.#key).update(user).update("\0").update(password).digest();
  }
}

/** Users of a large site that are active at once; about 300 octets each. */
const rememberedMax = 10_000;

const rememberMs = 5 * 60_000;
