import { Queue } from "@hawser/core";
import { sectionPieces } from "../message/section.ts";
import type { ImapSent } from "./command-queue.ts";
import type { ImapCommandStream } from "./command-stream.ts";
import type { ImapFetched, ImapResponse, ImapStatusLine } from "./responses.ts";
import type { ImapBodyPart, ImapEnvelope } from "./structure.ts";

/** What can be asked of messages, by its name. */
export interface ImapMessageParts {
  readonly uid: number;
  readonly flags: ReadonlySet<string>;
  readonly envelope: ImapEnvelope;
  readonly structure: ImapBodyPart;
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** Its size. */
  readonly octets: number;
  readonly modSeq: number;
  readonly emailId: string;
}

/** The name of something that can be asked. */
export type ImapFetchName = keyof ImapMessageParts;

/** A section of a message: `{ section: "" }` is all of it, `{ section: "1.2" }` a part, `{ section: "HEADER.FIELDS (Subject)" }`. */
export interface ImapSectionWanted {
  readonly section: string;
  /** Marks the message as seen. Default false. */
  readonly markSeen?: boolean | undefined;
  /** Without its transfer encoding (RFC 3516). Default false. */
  readonly decoded?: boolean | undefined;
}

/** A message, with what was asked for. */
export type ImapMessage<Name extends ImapFetchName> = Pick<ImapMessageParts, Name | "uid"> & {
  /** Its number at the moment: it changes when others go. */
  readonly sequence: number;
  /** Sections by what stands in their brackets, in capitals. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
};

/** Which messages of a set. */
export interface ImapFetchOptions {
  /** Only what changed since this mod-sequence (RFC 7162 §3.1.4). */
  readonly changedSince?: number | undefined;
  /** Octets and messages that may wait to be taken before the server is held back. Default 4,194,304 octets, 1,000 messages. */
  readonly waitingOctetsMax?: number | undefined;
}

const words: Readonly<Record<ImapFetchName, string>> = {
  uid: "UID",
  flags: "FLAGS",
  envelope: "ENVELOPE",
  structure: "BODYSTRUCTURE",
  receivedAt: "INTERNALDATE",
  octets: "RFC822.SIZE",
  modSeq: "MODSEQ",
  emailId: "EMAILID",
};

const waitingMessagesMax = 1_000;
const waitingOctetsMaxDefault = 4_194_304;

type Run = (
  name: string,
  pieces: readonly ImapSent[],
  take: (response: ImapResponse) => boolean | Promise<void>,
) => Promise<ImapStatusLine>;

/** Asks for messages, and gives them as they come. */
export async function* fetchMessages<Name extends ImapFetchName>(
  run: Run,
  wire: ImapCommandStream,
  set: string,
  items: readonly (ImapFetchName | ImapSectionWanted)[],
  options: ImapFetchOptions,
): AsyncGenerator<ImapMessage<Name>, void> {
  if (set === "") return;
  const waiting = new Waiting(wire, options.waitingOctetsMax ?? waitingOctetsMaxDefault);
  const isWhole = wholeTest(items);
  const take = (response: ImapResponse): boolean | Promise<void> => {
    if (response.type !== "fetch" || !isWhole(response.fetched)) return false;
    return waiting.put(response.sequence, response.fetched);
  };
  const done = run("UID FETCH", fetchPieces(set, items, options), take);
  done.then(
    () => waiting.end(),
    (error: unknown) => waiting.end(error),
  );
  try {
    for await (const { sequence, fetched } of waiting) yield { ...fetched, sequence } as unknown as ImapMessage<Name>; // `isWhole` has seen that all of it is there
    await done;
  } finally {
    waiting.abandon(); // what still comes is dropped
  }
}

function fetchPieces(
  set: string,
  items: readonly (ImapFetchName | ImapSectionWanted)[],
  { changedSince }: ImapFetchOptions,
): readonly ImapSent[] {
  const names = new Set<ImapFetchName>(["uid", ...items.filter((item) => typeof item === "string")]);
  const sections = items.filter((item) => typeof item !== "string").flatMap((item) => [" ", ...sectionItem(item)]);
  const since = changedSince === undefined ? "" : ` (CHANGEDSINCE ${changedSince})`;
  return [`UID FETCH ${set} (${[...names].map((name) => words[name]).join(" ")}`, ...sections, `)${since}`];
}

function sectionItem({ section, markSeen = false, decoded = false }: ImapSectionWanted): readonly ImapSent[] {
  return [`${decoded ? "BINARY" : "BODY"}${markSeen ? "" : ".PEEK"}[`, ...sectionPieces(section), "]"];
}

/** Servers tell flags of other messages in between: those are not what was asked for. */
function wholeTest(items: readonly (ImapFetchName | ImapSectionWanted)[]): (fetched: ImapFetched) => boolean {
  const names = items.filter((item) => typeof item === "string");
  const sectionCount = items.length - names.length;
  return (fetched) =>
    fetched.uid !== undefined &&
    fetched.sections.size >= Math.min(sectionCount, 1) &&
    names.every((name) => fetched[name] !== undefined);
}

/** Messages that have come and were not taken. */
class Waiting {
  readonly #wire: ImapCommandStream;
  readonly #octetsMax: number;
  readonly #queue = new Queue<{ readonly sequence: number; readonly fetched: ImapFetched; readonly octets: number }>(
    Number.MAX_SAFE_INTEGER,
  );
  #octets = 0;
  #isAbandoned = false;

  constructor(wire: ImapCommandStream, octetsMax: number) {
    this.#wire = wire;
    this.#octetsMax = octetsMax;
  }

  put(sequence: number, fetched: ImapFetched): boolean | Promise<void> {
    if (this.#isAbandoned) return true;
    const octets = [...fetched.sections.values()].reduce((sum, one) => sum + one.length, 0);
    this.#octets += octets;
    this.#queue.offer({ sequence, fetched, octets });
    return this.#isFull ? (this.#wire.hold() ?? true) : true;
  }

  end(error?: unknown): void {
    this.#queue.close(error === undefined ? undefined : error instanceof Error ? error : new Error(String(error)));
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#wire.released();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<{ readonly sequence: number; readonly fetched: ImapFetched }, void> {
    for await (const one of this.#queue) {
      this.#octets -= one.octets;
      if (!this.#isFull) this.#wire.released();
      yield one;
    }
  }

  get #isFull(): boolean {
    return this.#octets > this.#octetsMax || this.#queue.size >= waitingMessagesMax;
  }
}
