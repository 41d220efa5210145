import type { Reactor } from "@hawser/core";
import { memoOctetsMax } from "../limits.ts";
import { MailMemoRoom } from "../memo.ts";
import type { MailAccount, MailStore } from "../store.ts";
import { MemoryAccount, type MemoryMailLimits } from "./account.ts";

/**
 * Mail that is gone with the program: for tests, and for a developer's mail server. Every user has an account from the first
 * time that it is asked for.
 *
 * ```ts no-run
 * const store = memoryMail(reactor);
 * const account = await store.account("alice@example.org");
 * await account.append("INBOX", [{ content: [Buffer.from("Subject: Hi\r\n\r\nHello\r\n")] }]);
 * ```
 */
export function memoryMail(reactor: Pick<Reactor, "clock" | "random">, limits: MemoryMailLimits = {}): MailStore {
  return new MemoryStore(reactor, limits);
}

class MemoryStore implements MailStore {
  readonly #reactor: Pick<Reactor, "clock" | "random">;
  readonly #limits: MemoryMailLimits;
  readonly #memo = new MailMemoRoom(memoOctetsMax);
  readonly #accounts = new Map<string, MailAccount>();
  #uidValidity: number;

  constructor(reactor: Pick<Reactor, "clock" | "random">, limits: MemoryMailLimits) {
    this.#reactor = reactor;
    this.#limits = limits;
    this.#uidValidity = Math.floor(reactor.clock.wall() / 1_000) >>> 0;
  }

  async account(user: string): Promise<MailAccount> {
    const known = this.#accounts.get(user);
    if (known !== undefined) return known;
    const nextUidValidity = (): number => ++this.#uidValidity;
    const parts = { reactor: this.#reactor, limits: this.#limits, nextUidValidity, memo: this.#memo };
    const account = new MemoryAccount(parts);
    this.#accounts.set(user, account);
    return account;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#accounts.clear();
  }
}
