import { type Clock, ConnectionError, withDeadline } from "@hawser/core";
import { MailLocalError } from "../errors.ts";
import { mailLocalStreamsMax } from "../limits.ts";
import { type MailLocalQuery, mailLocalMatcher } from "../query.ts";
import type { MailBook, MailRecord } from "./book.ts";

/** How long somebody waits. */
export interface MailWaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Those who wait for a message. */
export class MailWaiters {
  readonly #book: MailBook;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #waiting = 0;

  constructor(book: MailBook, clock: Clock) {
    this.#book = book;
    this.#clock = clock;
  }

  /** Ends all waits. */
  stop(): void {
    this.#stopping.abort(new MailLocalError("stopped", "Cannot wait for a message: the mail server has stopped"));
  }

  /** The first message that fits: one that is there, or else the next. @throws {MailLocalError} `no-message`, `stopped`, `too-many` */
  async wait(query: MailLocalQuery, { timeoutMs, signal }: MailWaitOptions): Promise<MailRecord> {
    const fits = mailLocalMatcher({ withRefused: false, ...query });
    const there = this.#book.records.find(fits);
    if (there !== undefined) return there;
    this.#stopping.signal.throwIfAborted();
    if (this.#waiting >= mailLocalStreamsMax)
      throw new MailLocalError("too-many", `Cannot wait for a message: ${this.#waiting} others do`);
    this.#waiting++;
    try {
      const both = signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]);
      return await withDeadline(this.#clock, timeoutMs, (over) => this.#next(fits, over), { signal: both });
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== "timed-out" || signal?.reason === error) throw error;
      const many = this.#book.records.length;
      const text = `Cannot find a message like that: none came in ${timeoutMs} ms, and of the ${many} that are there none fits`;
      throw new MailLocalError("no-message", text, { cause: error });
    } finally {
      this.#waiting--;
    }
  }

  #next(fits: (record: MailRecord) => boolean, over: AbortSignal): Promise<MailRecord> {
    return new Promise((resolve) => {
      const stop = this.#book.onChange(({ change, records }) => {
        const found = change.type === "added" ? records.find(fits) : undefined;
        if (found === undefined) return;
        stop();
        resolve(found);
      });
      over.addEventListener("abort", stop, { once: true });
    });
  }
}
