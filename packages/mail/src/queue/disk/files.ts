import { isAscii } from "node:buffer";
import { type Cancellable, FileError, type FileTree, type OpenFile, type Random } from "@hawser/core";
import { MailQueueError } from "../errors.ts";
import type { QueuedMail } from "../queue.ts";
import { afterStep, bodyOf, firstRecord, noMessage, piecesOf, tooLarge } from "../record.ts";
import type { MailQueueDraft, MailQueueStep } from "../store.ts";
import { formatEnvelope, parseEnvelope, type ReadEnvelope } from "./envelope.ts";
import { formatStep, type JournalStep, parseJournal } from "./journal.ts";
import { envelopeHeadOctets, envelopeOctetsMax, queueJournalOctetsMax, queuePieceOctets } from "./limits.ts";

/** What the files of a queue are for, by what their names end with. */
export type QueueFileKind =
  | "mail" // the message with its envelope: never changed
  | "log" // what has become of it; only the process with the lease writes it
  | "hold" // it is held, while this is there
  | "flush" // somebody wants it tried now
  | "part" // a message that is being written
  | "report"; // a report that is whole, and counts when the log of its message names it

/** The messages that have a file of a kind. */
export type QueueFileNames = ReadonlyMap<QueueFileKind, ReadonlySet<string>>;

/** A message as its files tell it, and how far its log can be believed. */
export interface ReadMail {
  readonly mail: QueuedMail;
  readonly logOctets: number;
  readonly isLogTorn: boolean;
}

/** The files of a queue, one by one: all in one folder, so that one look at its names tells much. */
export class QueueFiles {
  readonly #tree: FileTree;
  readonly #random: Random;

  constructor(tree: FileTree, random: Random) {
    this.#tree = tree;
    this.#random = random;
  }

  /** The names of all messages and what else there is, by what it is for. */
  async names(): Promise<QueueFileNames> {
    const kinds = new Map<QueueFileKind, Set<string>>(fileKinds.map((kind) => [kind, new Set()]));
    for (const name of await this.#allNames()) {
      const [id, kind] = name.split(".") as [string, QueueFileKind];
      if (isQueueId(id)) kinds.get(kind)?.add(id);
    }
    return kinds;
  }

  /** Writes a message whole to a file of its own, and waits until it is on the medium. It is not in the queue yet. */
  async write(draft: MailQueueDraft, kind: "part" | "report", options: WriteOptions): Promise<QueuedMail> {
    const path = pathOf(draft.id, kind);
    const file = await this.#tree.open(path, { read: false, write: true, create: "exclusive", mode: 0o600 });
    try {
      const mail = await writeMail(file, draft, options);
      await file.sync();
      return mail;
    } catch (error) {
      await this.remove(draft.id, kind).catch(() => {}); // the first error is the one to tell
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Puts a whole message into the queue: it is there for good when this resolves. */
  async publish(id: string, kind: "part" | "report"): Promise<void> {
    await this.#tree.rename(pathOf(id, kind), pathOf(id, "mail"), { takePlace: true });
  }

  /** Takes away what a process that died was just writing: drafts of files that were to be replaced whole. */
  async removeDrafts(olderThan: number): Promise<void> {
    for (const name of await this.#allNames()) {
      if (!name.startsWith(".")) continue;
      const draft = await unlessMissing(this.#tree.stat(`mail/${name}`));
      if (draft !== undefined && draft.modified < olderThan) await unlessMissing(this.#tree.remove(`mail/${name}`));
    }
  }

  async has(id: string, kind: QueueFileKind): Promise<boolean> {
    return (await unlessMissing(this.#tree.stat(pathOf(id, kind)))) !== undefined;
  }

  /** When a file was last written; `undefined`: there is none. */
  async modified(id: string, kind: QueueFileKind): Promise<number | undefined> {
    return (await unlessMissing(this.#tree.stat(pathOf(id, kind))))?.modified;
  }

  /** Makes an empty file that says something by being there. */
  async mark(id: string, kind: "flush" | "hold"): Promise<void> {
    await this.#tree.writeFile(pathOf(id, kind), "");
  }

  /** False: there was none. */
  async remove(id: string, kind: QueueFileKind): Promise<boolean> {
    return (await unlessMissing(this.#tree.remove(pathOf(id, kind)).then(() => true))) === true;
  }

  /** `undefined`: there is none. @throws {MailQueueError} `unreadable` */
  async read(id: string): Promise<ReadMail | undefined> {
    const file = await unlessMissing(this.#tree.open(pathOf(id, "mail")));
    if (file === undefined) return undefined;
    try {
      const { mail, octets } = await readEnvelope(file, id);
      const { octets: fileOctets } = await file.stat();
      if (fileOctets !== octets + mail.octets) throw unreadable(id, "it is not as long as it says");
      return await this.#withLog(mail);
    } finally {
      await file.close();
    }
  }

  /** The octets of a message. @throws {MailQueueError} `no-message`, `unreadable` */
  async *content(id: string): AsyncGenerator<Uint8Array, void> {
    const file = await unlessMissing(this.#tree.open(pathOf(id, "mail")));
    if (file === undefined) throw noMessage(id);
    try {
      const { mail, octets } = await readEnvelope(file, id);
      const end = octets + mail.octets;
      for (let at = octets; at < end; ) {
        const piece = await file.read(at, Math.min(queuePieceOctets, end - at));
        if (piece.length === 0) throw unreadable(id, "it has become shorter");
        yield piece;
        at += piece.length;
      }
    } finally {
      await file.close();
    }
  }

  /** The steps of a log. @throws {MailQueueError} `unreadable` */
  async steps(
    id: string,
  ): Promise<{ readonly steps: readonly JournalStep[]; readonly octets: number; readonly isTorn: boolean }> {
    const reading = this.#tree.readFile(pathOf(id, "log"), { octetsMax: queueJournalOctetsMax });
    const octets = await unlessMissing(reading);
    if (octets === undefined) return { steps: [], octets: 0, isTorn: false };
    const journal = parseJournal(Buffer.from(octets.buffer, octets.byteOffset, octets.length));
    if (journal === undefined) throw unreadable(id, "its log makes no sense");
    return { ...journal, isTorn: journal.octets < octets.length };
  }

  /** Writes a step behind what the log has; a new log has a name for good, too. Gives how many octets it has then. */
  async log(id: string, step: MailQueueStep, before: Pick<ReadMail, "isLogTorn" | "logOctets">): Promise<number> {
    const line = Buffer.from(formatStep(step));
    const path = pathOf(id, "log");
    if (before.logOctets === 0) {
      await this.#tree.writeFile(path, line);
      return line.length;
    }
    const file = await this.#tree.open(path, { write: true });
    try {
      if (before.isLogTorn) await file.truncate(before.logOctets);
      await file.write(before.logOctets, line);
      if (isOwed(step)) await file.sync();
    } finally {
      await file.close();
    }
    return before.logOctets + line.length;
  }

  /** Replaces a log by one step that says the same. */
  async rewriteLog(id: string, step: MailQueueStep): Promise<number> {
    const line = Buffer.from(formatStep(step));
    await this.#tree.writeFile(pathOf(id, "log"), line);
    return line.length;
  }

  /** Takes what cannot be read out of the queue, to where people find it. */
  async setAside(id: string): Promise<void> {
    for (const kind of ["mail", "log"] as const)
      await unlessMissing(this.#tree.rename(pathOf(id, kind), `aside/${id}.${kind}`, { takePlace: true }));
  }

  /**
   * Tells the process that runs the queue that there is something new. Never rejects: what was said is in the queue already, and
   * is found when that is looked through.
   */
  async wake(): Promise<void> {
    try {
      const file = await this.#tree.open("wake", { write: true, create: true, mode: 0o600 });
      const text = Buffer.from(this.#random.bytes(12)).toString("hex");
      await file.write(0, Buffer.from(text)).finally(() => file.close());
    } catch {} // a file of another owner, perhaps
  }

  async wakeText(): Promise<string> {
    return Buffer.from((await unlessMissing(this.#tree.readFile("wake"))) ?? []).toString("latin1");
  }

  async #allNames(): Promise<readonly string[]> {
    if (this.#tree.names !== undefined) return this.#tree.names("mail");
    return (await this.#tree.list("mail")).map(({ name }) => name);
  }

  async #withLog(mail: QueuedMail): Promise<ReadMail> {
    const { steps, octets, isTorn } = await this.steps(mail.id);
    const held = await this.has(mail.id, "hold");
    return { mail: steps.reduce(afterStep, { ...mail, held }), logOctets: octets, isLogTorn: isTorn };
  }
}

/** How a message is written. */
export interface WriteOptions extends Cancellable {
  readonly octetsMax: number;
}

/** Names of messages are made by us alone; whoever asks for others asks for nothing. */
export function isQueueId(text: string): boolean {
  return /^[0-9a-z]{8,40}$/.test(text);
}

/** What must not be forgotten: somebody is done, or a report is owed. */
function isOwed({ progress, reports, isDelayTold }: MailQueueStep): boolean {
  return reports.length > 0 || isDelayTold === true || progress.some(({ isDone }) => isDone);
}

async function writeMail(file: OpenFile, draft: MailQueueDraft, options: WriteOptions): Promise<QueuedMail> {
  const head = Buffer.byteLength(formatEnvelope(draft, 0, "7BIT"));
  let waiting: Uint8Array[] = [];
  let [octets, written, waitingOctets, isEightBit] = [0, 0, 0, false];
  for await (const piece of piecesOf(draft.content)) {
    options.signal?.throwIfAborted();
    octets += piece.length;
    if (octets > options.octetsMax) throw tooLarge(options.octetsMax);
    isEightBit ||= !isAscii(piece);
    waiting.push(piece);
    waitingOctets += piece.length;
    if (waitingOctets < queuePieceOctets) continue;
    await file.write(head + written, Buffer.concat(waiting));
    written += waitingOctets;
    [waiting, waitingOctets] = [[], 0];
  }
  options.signal?.throwIfAborted();
  const body = bodyOf(draft, isEightBit);
  const envelope = Buffer.from(formatEnvelope(draft, octets, body));
  if (written === 0) await file.write(0, Buffer.concat([envelope, ...waiting]));
  else {
    if (waitingOctets > 0) await file.write(head + written, Buffer.concat(waiting));
    await file.write(0, envelope);
  }
  return firstRecord(draft, octets, body);
}

/** @throws {MailQueueError} `unreadable` */
async function readEnvelope(file: OpenFile, id: string): Promise<ReadEnvelope> {
  for (let octets = envelopeHeadOctets; octets <= envelopeOctetsMax; octets *= 16) {
    const head = await file.read(0, octets);
    const envelope = parseEnvelope(id, Buffer.from(head.buffer, head.byteOffset, head.length));
    if (envelope !== undefined) return envelope;
    if (head.length < octets) break;
  }
  throw unreadable(id, "its envelope makes no sense");
}

function unreadable(id: string, why: string): MailQueueError {
  return new MailQueueError("unreadable", `Cannot read the message ${id} in the queue: ${why}`);
}

/** `undefined` where there is no such file. */
export async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return undefined;
    throw error;
  }
}

function pathOf(id: string, kind: QueueFileKind): string {
  return `mail/${id}.${kind}`;
}

const fileKinds: readonly QueueFileKind[] = ["mail", "log", "hold", "flush", "part", "report"];
