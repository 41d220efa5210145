/**
 * What is remembered of so many peers at most. Two tables of half the size take turns: what nobody asked for while one of
 * them filled is forgotten, in constant time per question. An attacker with many addresses makes it forget sooner, and no
 * more.
 */
export class AccountTable<Account> {
  readonly #generationMax: number;
  #young = new Map<string, Account>();
  #old = new Map<string, Account>();

  constructor(accountsMax: number) {
    this.#generationMax = Math.max(1, accountsMax >> 1);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The account with this key, or the new one that `open` makes. */
  find(key: string, open: () => Account): Account {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const account = this.#old.get(key) ?? open();
    this.#old.delete(key);
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, account);
    return account;
  }
}
