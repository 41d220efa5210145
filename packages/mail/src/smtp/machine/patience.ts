import type { Clock, Instant } from "@hawser/core";
import type { SmtpServerLimits } from "../limits.ts";

/** Until when a client must have said something. */
export class SmtpPatience {
  readonly #limits: SmtpServerLimits;
  readonly #clock: Pick<Clock, "now">;
  /** When the message that is being sent must be complete. */
  #messageUntil: Instant = 0;
  /** `undefined`: it is not its turn. */
  deadline: Instant | undefined;

  constructor(limits: SmtpServerLimits, clock: Pick<Clock, "now">) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** A whole command is to come. */
  forCommand(): void {
    this.deadline = this.#clock.now() + this.#limits.commandTimeoutMs;
  }

  /** A message begins, or its next chunk. */
  forMessage(): void {
    this.#messageUntil = this.#clock.now() + this.#limits.messageTimeoutMs;
    this.forContent();
  }

  /** Some more of the message is to come. */
  forContent(): void {
    this.deadline = Math.min(this.#clock.now() + this.#limits.contentTimeoutMs, this.#messageUntil);
  }

  /** It is to close its side. */
  forClose(): void {
    this.deadline = this.#clock.now() + lingerMs;
  }

  isOver(now: Instant): boolean {
    return this.deadline !== undefined && now >= this.deadline;
  }
}

/** How long a client may take to close its side after our last word. */
const lingerMs = 2_000;
