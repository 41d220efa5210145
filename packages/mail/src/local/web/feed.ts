import { onAbort } from "@hawser/core";
import type { MailLocal, MailLocalChange } from "../mail-local.ts";

/** Events that wait for a page that is slow; then it is told to look at everything anew. */
const waitingMax = 1_000;

/** Server-sent events (HTML §9.2) of what happens to messages: `added`, `changed`, `removed`, and `reset` when some were lost. */
export class MailLocalFeed {
  readonly #streams = new Set<FeedStream>();
  readonly #stop: () => void;
  #isOver = false;

  constructor(local: MailLocal) {
    this.#stop = local.onChange((change) => {
      const events = eventsOf(change);
      for (const stream of this.#streams) stream.add(events);
    });
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Ends all streams. */
  close(): void {
    this.#isOver = true;
    this.#stop();
    for (const stream of this.#streams) stream.wake();
  }

  /** What one page gets, until it goes. */
  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const stream = new FeedStream();
    const stopListening = onAbort(signal, () => stream.wake());
    this.#streams.add(stream);
    try {
      yield eventOf("hello", {});
      while (!this.#isOver && !signal.aborted) {
        const octets = await stream.next();
        if (octets !== undefined) yield octets;
      }
    } finally {
      this.#streams.delete(stream);
      stopListening();
    }
  }
}

class FeedStream {
  #waiting: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  add(events: readonly Uint8Array[]): void {
    if (this.#waiting.length + events.length > waitingMax) this.#waiting = [eventOf("reset", {})];
    else this.#waiting.push(...events);
    this.wake();
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** What waits, or what comes next; `undefined` when it was only woken. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#waiting.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const octets = this.#waiting.length === 0 ? undefined : Buffer.concat(this.#waiting);
    this.#waiting = [];
    return octets;
  }
}

function eventsOf(change: MailLocalChange): readonly Uint8Array[] {
  if (change.type === "removed") return [eventOf("removed", { ids: change.ids })];
  return change.messages.map((message) => eventOf(change.type, message));
}

/** JSON has no line breaks of its own. */
function eventOf(name: string, data: unknown): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
