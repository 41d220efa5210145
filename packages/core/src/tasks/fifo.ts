interface Link<Value> {
  readonly value: Value;
  before: Link<Value> | undefined;
  after: Link<Value> | undefined;
}

/** First in, first out; and whoever stands in the middle may leave. Every step takes constant time. */
export class Fifo<Value> {
  #first: Link<Value> | undefined;
  #last: Link<Value> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns takes the value out again; call it only while the value is in */
  push(value: Value): () => void {
    const link: Link<Value> = { value, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#size++;
    return () => this.#unlink(link);
  }

  /** The oldest, as an array of one or none: a value may be `undefined` itself. */
  shift(): readonly [Value] | readonly [] {
    const link = this.#first;
    if (link === undefined) return [];
    this.#unlink(link);
    return [link.value];
  }

  #unlink(link: Link<Value>): void {
    if (link.before === undefined) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === undefined) this.#last = link.before;
    else link.after.before = link.before;
    this.#size--;
  }
}
