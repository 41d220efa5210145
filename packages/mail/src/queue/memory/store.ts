import { isAscii } from "node:buffer";
import type { Cancellable } from "@hawser/core";
import type { QueuedMail } from "../queue.ts";
import { afterStep, bodyOf, firstRecord, noMessage, piecesOf, tooLarge } from "../record.ts";
import type {
  MailQueueDraft,
  MailQueueLease,
  MailQueueMarks,
  MailQueueStep,
  MailQueueStepped,
  MailQueueStore,
} from "../store.ts";

interface Kept {
  mail: QueuedMail;
  flushed: boolean;
  readonly content: Uint8Array;
}

/** Keeps the messages of a queue in memory: they are gone with the process. For tests, and where nobody minds. */
export function memoryMailQueueStore(): MailQueueStore {
  return new MemoryQueueStore();
}

class MemoryQueueStore implements MailQueueStore {
  readonly #kept = new Map<string, Kept>();
  #lease: AbortController | undefined;
  #changes = 0;

  async add(draft: MailQueueDraft, options: Cancellable & { readonly octetsMax: number }): Promise<QueuedMail> {
    const pieces: Uint8Array[] = [];
    let octets = 0;
    for await (const piece of piecesOf(draft.content)) {
      options.signal?.throwIfAborted();
      octets += piece.length;
      if (octets > options.octetsMax) throw tooLarge(options.octetsMax);
      pieces.push(piece);
    }
    return this.#keep(draft, Buffer.concat(pieces));
  }

  async marks(): Promise<ReadonlyMap<string, MailQueueMarks>> {
    return new Map([...this.#kept].map(([id, { mail, flushed }]) => [id, { held: mail.held, flushed }]));
  }

  async get(id: string): Promise<QueuedMail | undefined> {
    return this.#kept.get(id)?.mail;
  }

  async *read(id: string): AsyncIterable<Uint8Array> {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw noMessage(id);
    yield kept.content;
  }

  setHeld(id: string, held: boolean): Promise<boolean> {
    return this.#change(id, (kept) => {
      kept.mail = { ...kept.mail, held };
    });
  }

  flush(id: string): Promise<boolean> {
    return this.#change(id, (kept) => {
      kept.flushed = true;
    });
  }

  remove(id: string): Promise<boolean> {
    return this.#change(id, () => void this.#kept.delete(id));
  }

  async heed(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) kept.flushed = false;
  }

  async step(id: string, step: MailQueueStep): Promise<MailQueueStepped> {
    const reports: QueuedMail[] = [];
    for (const draft of step.reports) reports.push(await this.add(draft, { octetsMax: Number.POSITIVE_INFINITY }));
    const kept = this.#kept.get(id);
    if (kept === undefined) return { mail: undefined, reports };
    kept.mail = afterStep(kept.mail, step);
    if (kept.mail.to.length > 0) return { mail: kept.mail, reports };
    this.#kept.delete(id);
    return { mail: undefined, reports };
  }

  async takeLease(): Promise<MailQueueLease | undefined> {
    if (this.#lease !== undefined) return undefined;
    const lease = new AbortController();
    this.#lease = lease;
    const release = async (): Promise<void> => {
      if (this.#lease === lease) this.#lease = undefined;
    };
    return { lost: lease.signal, release };
  }

  async version(): Promise<string> {
    return String(this.#changes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.clear();
  }

  #keep(draft: MailQueueDraft, content: Buffer): QueuedMail {
    const mail = firstRecord(draft, content.length, bodyOf(draft, !isAscii(content)));
    this.#kept.set(draft.id, { mail, flushed: false, content });
    this.#changes++;
    return mail;
  }

  async #change(id: string, change: (kept: Kept) => void): Promise<boolean> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    change(kept);
    this.#changes++;
    return true;
  }
}
