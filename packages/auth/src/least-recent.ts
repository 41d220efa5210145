/** A map that forgets what was not used for the longest time, once it holds too much. */
export class LeastRecent<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #max: number;

  /** @throws {RangeError} when `max` is no whole number above 0 */
  constructor(max: number) {
    if (!Number.isInteger(max) || max < 1) throw new RangeError(`Cannot keep ${max} entries`);
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Looks an entry up, and counts that as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
