/** Something that will happen. */
export interface QueuedEvent {
  readonly at: number;
  readonly order: number;
  /** Where the queue keeps it; -1 when it is there no more. */
  slot: number;
}

/** Events by time, and by order among those of one time: a binary heap from which any event can be taken. */
export class EventQueue<Event extends QueuedEvent> {
  readonly #heap: Event[] = [];

  add(event: Event): void {
    this.#heap.push(event);
    this.#rise(event, this.#heap.length - 1);
  }

  first(): Event | undefined {
    return this.#heap[0];
  }

  /** Takes an event out. Does nothing when it is there no more. */
  remove(event: Event): void {
    const { slot } = event;
    if (slot < 0) return;
    event.slot = -1;
    const last = this.#heap.pop()!;
    if (last === event) return;
    if (slot > 0 && before(last, this.#heap[(slot - 1) >> 1]!)) this.#rise(last, slot);
    else this.#sink(last, slot);
  }

  /** All events, in no order. */
  [Symbol.iterator](): IterableIterator<Event> {
    return this.#heap.values();
  }

  #rise(event: Event, from: number): void {
    let slot = from;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = this.#heap[parentSlot]!;
      if (!before(event, parent)) break;
      this.#place(parent, slot);
      slot = parentSlot;
    }
    this.#place(event, slot);
  }

  #sink(event: Event, from: number): void {
    let slot = from;
    for (;;) {
      const child = this.#earlierChild(slot);
      if (child === undefined || !before(child, event)) break;
      const childSlot = child.slot;
      this.#place(child, slot);
      slot = childSlot;
    }
    this.#place(event, slot);
  }

  #earlierChild(slot: number): Event | undefined {
    const left = this.#heap[2 * slot + 1];
    const right = this.#heap[2 * slot + 2];
    return right !== undefined && before(right, left!) ? right : left;
  }

  #place(event: Event, slot: number): void {
    this.#heap[slot] = event;
    event.slot = slot;
  }
}

function before(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
