import type { Address, Reactor } from "@hawser/core";
import type { EdnsCookie } from "../edns/options/cookie.ts";
import { checkServerCookie, makeServerCookie, type ServerCookieVerdict } from "../edns/server-cookie.ts";
import { peerOctets } from "./limiting/peer-network.ts";

/** How long a secret of our own makes cookies; the one before it is believed as long, and cookies live an hour (RFC 9018 §5). */
const secretAgeSecondsMax = 86_400;

/** What a cookie is worth, and the cookie for the answer: the same, or a fresh one. */
export interface JudgedCookie {
  readonly isGood: boolean;
  readonly answer: EdnsCookie;
}

/** Makes and judges the cookies of a server, and changes its secret every day unless it was given. */
export class CookieJar {
  readonly #reactor: Pick<Reactor, "clock" | "random">;
  readonly #isOurs: boolean;
  #secrets: readonly Uint8Array[];
  #madeAt: number;

  /** @throws {RangeError} for secrets that have not 16 octets */
  constructor(reactor: Pick<Reactor, "clock" | "random">, secrets: readonly Uint8Array[] | undefined) {
    this.#reactor = reactor;
    this.#isOurs = secrets === undefined || secrets.length === 0;
    this.#secrets = this.#isOurs ? [reactor.random.bytes(16)] : secrets!;
    this.#madeAt = this.#now();
    if (this.#secrets.some(({ length }) => length !== 16))
      throw new RangeError("Cannot make cookies: a secret has 16 octets");
  }

  judge({ client, server }: EdnsCookie, peer: Address): JudgedCookie {
    const now = this.#now();
    if (this.#isOurs && now - this.#madeAt > secretAgeSecondsMax) this.#renew(now);
    const address = peerOctets(peer);
    const verdicts = this.#secrets.map(
      (secret): ServerCookieVerdict =>
        server === undefined ? "bad" : checkServerCookie({ secret, client, address }, server, now),
    );
    const isGood = verdicts.some((one) => one !== "bad");
    if (verdicts[0] === "good") return { isGood, answer: { type: "cookie", client, server } };
    const fresh = makeServerCookie({ secret: this.#secrets[0]!, client, address }, now);
    return { isGood, answer: { type: "cookie", client, server: fresh } };
  }

  #renew(now: number): void {
    this.#secrets = [this.#reactor.random.bytes(16), this.#secrets[0]!];
    this.#madeAt = now;
  }

  #now(): number {
    return Math.floor(this.#reactor.clock.wall() / 1_000);
  }
}
