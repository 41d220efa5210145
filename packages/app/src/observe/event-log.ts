import type { Clock } from "@hawser/core";

/** One line of an {@link EventLog}. */
export interface LoggedEvent {
  /** Counts up from 1. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** How many lines are kept: a few screens. */
const eventsMax = 200;

/** A line may be made longer by a client; nobody reads more of it. */
const textLengthMax = 240;

/** Lines of one second about what happens all the time (requests, logins). Beyond it they are counted. */
const oftenMax = 8;

/** The last events of an application, in memory that does not grow. */
export class EventLog {
  readonly #clock: Clock;
  readonly #events: LoggedEvent[] = [];
  #lastId = 0;
  #often = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Those after an id that are still kept, oldest first. */
  since(id: number): readonly LoggedEvent[] {
    return this.#events.filter((event) => event.id > id);
  }

  add(level: LoggedEvent["level"], text: string): void {
    this.#lastId++;
    this.#events.push({ id: this.#lastId, at: this.#clock.wall(), level, text: printable(text) });
    if (this.#events.length > eventsMax) this.#events.shift();
  }

  /** Adds a line about something that may happen thousands of times a second. */
  addOften(level: LoggedEvent["level"], text: string): void {
    if (this.#often++ < oftenMax) this.add(level, text);
  }

  /** Lines about what happens often have room again; those that had none are counted. */
  newSecond(): void {
    if (this.#often > oftenMax) this.add("info", `and ${this.#often - oftenMax} more within the second`);
    this.#often = 0;
  }
}

/** One line, and not too long: what clients say is shown, not obeyed. */
function printable(text: string): string {
  const shown = text.length > textLengthMax ? `${text.slice(0, textLengthMax - 1)}…` : text;
  return shown.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}
