import type { Clock, Timer } from "@hawser/core";
import type { SmtpClient } from "../../smtp/client.ts";

/** How connections are kept for the next message. */
export interface SmtpPoolOptions {
  readonly clock: Clock;
  /** How long one is kept that nobody uses: servers do not like those that do nothing (RFC 5321 §4.5.3.2.7). */
  readonly idleMs: number;
  /** How many messages one carries: others want their turn, and a server may count. */
  readonly messagesMax: number;
  /** How many are kept in all. */
  readonly idleMax: number;
}

interface Idle {
  readonly key: string;
  readonly client: SmtpClient;
  readonly timer: Timer;
}

/** Connections that have carried a message, and may carry another. */
export class SmtpPool implements AsyncDisposable {
  readonly #options: SmtpPoolOptions;
  /** Oldest first. */
  readonly #idle = new Set<Idle>();
  readonly #carried = new WeakMap<SmtpClient, { messages: number; refusals: number }>();
  /** Connections that say goodbye. */
  readonly #leaving = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: SmtpPoolOptions) {
    this.#options = options;
  }

  /** The one that was used last. */
  take(key: string): SmtpClient | undefined {
    for (const one of [...this.#idle].reverse()) {
      if (one.key !== key) continue;
      this.#drop(one);
      if (!one.client.isClosed) return one.client;
    }
    return undefined;
  }

  /** Keeps a connection after a message, if it is still good for another one. Servers end those that they refuse much on. */
  give(key: string, client: SmtpClient, refusals: number): void {
    const carried = this.#carried.get(client) ?? { messages: 0, refusals: 0 };
    this.#carried.set(client, carried);
    carried.messages++;
    carried.refusals += refusals;
    if (
      this.#isClosed ||
      client.isClosed ||
      carried.messages >= messagesOf(client, this.#options.messagesMax) ||
      carried.refusals > refusalsMax
    )
      return this.#leave(client);
    for (const one of this.#idle) {
      if (this.#idle.size < this.#options.idleMax) break;
      this.#drop(one);
      this.#leave(one.client);
    }
    const end = (): void => {
      this.#drop(idle);
      this.#leave(client);
    };
    const idle: Idle = { key, client, timer: this.#options.clock.after(this.#options.idleMs, end, { idle: true }) };
    this.#idle.add(idle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const one of this.#idle) {
      this.#drop(one);
      this.#leave(one.client);
    }
    await Promise.all(this.#leaving);
  }

  #drop(one: Idle): void {
    one.timer.cancel();
    this.#idle.delete(one);
  }

  #leave(client: SmtpClient): void {
    const leaving = client
      .quit()
      .catch(() => client.abort())
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }
}

/** Postfix and we end a session after 20. */
export const refusalsMax = 10;

/** As many as the server says itself (RFC 9422 §5.1), but not more than we want. */
function messagesOf({ extensions }: SmtpClient, messagesMax: number): number {
  const told = Number(/\bMAILMAX=(\d{1,6})\b/.exec(extensions.get("LIMITS") ?? "")?.[1] ?? 0);
  return told > 0 ? Math.min(told, messagesMax) : messagesMax;
}
