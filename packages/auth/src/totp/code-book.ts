import type { Clock } from "@hawser/core";
import { sameText } from "../compare.ts";
import { LeastRecent } from "../least-recent.ts";
import { parseTotpSecret, totpCode, totpStep } from "./totp.ts";

/**
 * Verifies codes, each once (RFC 6238 §5.2): a code that was seen over somebody's shoulder is worth nothing. The clocks of
 * both sides may differ by one step either way. Who used which code is remembered in this process.
 */
export class CodeBook {
  readonly #clock: Clock;
  readonly #used = new LeastRecent<string, number>(usersMax);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The step a code belongs to; `undefined` when it is wrong, too old, or used. Does not use it up: see {@link use}. */
  stepOf(user: string, secretText: string, code: string): number | undefined {
    const secret = parseTotpSecret(secretText);
    if (secret === undefined || !/^\d{6}$/.test(code)) return undefined;
    const now = totpStep(this.#clock.wall());
    const used = this.#used.get(user) ?? Number.NEGATIVE_INFINITY;
    const steps = [now, now - 1, now + 1].filter((step) => step >= 0);
    const found = steps.filter((step) => sameText(totpCode(secret, step), code)); // no early end: time tells nothing
    return found.find((step) => step > used);
  }

  /** From now on only later codes will do. @returns false when another login was faster */
  use(user: string, step: number): boolean {
    if (step <= (this.#used.get(user) ?? Number.NEGATIVE_INFINITY)) return false;
    this.#used.set(user, step);
    return true;
  }
}

/** Only users that log in within a minute and a half matter; about 100 octets each. */
const usersMax = 100_000;
