/** Things that have a time, the earliest first: a binary heap in an array. */
export class DueHeap<Value> {
  readonly #rows: { readonly at: number; readonly value: Value }[] = [];

  /** When the first is due. */
  get next(): number | undefined {
    return this.#rows[0]?.at;
  }

  push(at: number, value: Value): void {
    const rows = this.#rows;
    let place = rows.push({ at, value }) - 1;
    for (let above = (place - 1) >> 1; place > 0 && rows[above]!.at > at; above = (place - 1) >> 1) {
      this.#swap(place, above);
      place = above;
    }
  }

  /** Takes the first out, when it is due by now. */
  pop(now: number): { readonly at: number; readonly value: Value } | undefined {
    const rows = this.#rows;
    const first = rows[0];
    if (first === undefined || first.at > now) return undefined;
    const last = rows.pop()!;
    if (rows.length > 0) {
      rows[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    const rows = this.#rows;
    for (let place = 0; ; ) {
      let least = place;
      for (const below of [2 * place + 1, 2 * place + 2])
        if (below < rows.length && rows[below]!.at < rows[least]!.at) least = below;
      if (least === place) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(one: number, other: number): void {
    const row = this.#rows[one]!;
    this.#rows[one] = this.#rows[other]!;
    this.#rows[other] = row;
  }
}
