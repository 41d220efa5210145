import type { ExpungedMail, FolderIndexState } from "../folder-index.ts";
import type { MailFolderChange, StoredMail } from "../store.ts";
import { mailIdOf } from "./file-name.ts";

/**
 * What only we write down of a folder, in `hawser-journal`: the mod-sequence of each message, what went, times and sizes; so
 * that a folder is opened without a look at its files. The first line says what the folder was, each other what happened:
 * fields parted by tabs. A line counts when its line feed is there.
 */
export interface JournalHeader {
  /** Random: another one when the journal was written anew. */
  readonly nonce: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: number;
  readonly expungedSince: number;
}

/** What names a message's file, as far as it does not change. */
export interface MailFile {
  readonly base: string;
  /** The base of what this is a copy of. */
  readonly guid: string;
}

/** Files that are to be given their names, all or none: where they are by now, and where they belong. */
export type IntendedMoves = readonly (readonly [from: string, to: string])[];

/** A line, understood. */
export type JournalEntry =
  | { readonly type: "change"; readonly change: MailFolderChange; readonly files: ReadonlyMap<number, MailFile> }
  | { readonly type: "intent"; readonly moves: IntendedMoves }
  | { readonly type: "recent"; readonly from: number }
  | { readonly type: "done" };

const format = "hawser-journal 1";

export function formatJournalHeader(header: JournalHeader): string {
  const { nonce, uidValidity, uidNext, highestModSeq, expungedSince } = header;
  return `${[format, nonce, uidValidity, uidNext, highestModSeq, expungedSince].join("\t")}\n`;
}

/** `undefined`: this is no header. */
export function parseJournalHeader(line: string): JournalHeader | undefined {
  const [word, nonce, ...rest] = line.split("\t");
  const numbers = rest.map(Number);
  if (word !== format || numbers.length !== 4 || numbers.some((one) => !Number.isSafeInteger(one))) return undefined;
  const [uidValidity, uidNext, highestModSeq, expungedSince] = numbers as [number, number, number, number];
  return { nonce: nonce!, uidValidity, uidNext, highestModSeq, expungedSince };
}

/** The lines of a change. */
export function formatChange(change: MailFolderChange, fileOf: (uid: number) => MailFile): string {
  if (change.type === "added")
    return change.messages.map((message) => formatAdded(message, fileOf(message.uid))).join("");
  if (change.type === "flags")
    return change.messages.map(({ uid, modSeq, flags }) => `f\t${uid}\t${modSeq}\t${[...flags].join(" ")}\n`).join("");
  return change.type === "expunged" ? `x\t${change.modSeq}\t${change.uids.join(" ")}\n` : "";
}

function formatAdded({ uid, modSeq, receivedAt, octets, flags }: StoredMail, { base, guid }: MailFile): string {
  const other = guid === base ? "" : guid;
  return `a\t${uid}\t${modSeq}\t${receivedAt}\t${octets}\t${other}\t${base}\t${[...flags].join(" ")}\n`;
}

export function formatIntent(moves: IntendedMoves): string {
  return `p\t${moves.flat().join("\t")}\n`;
}

/** From this UID on nobody was told of messages that they are new. */
export function formatRecent(from: number): string {
  return `r\t${from}\n`;
}

/** What ends an intent that was not carried out. */
export const journalDone = "d\n";

/** A whole journal of what is. */
export function formatJournal(header: JournalHeader, state: JournalState): string {
  const expunged = state.expunged.map(({ uid, modSeq }) => `x\t${modSeq}\t${uid}\n`).join("");
  const added = state.messages.map((message) => formatAdded(message, state.fileOf(message.uid))).join("");
  return formatJournalHeader(header) + added + expunged + formatRecent(state.recentFrom);
}

export interface JournalState {
  readonly messages: readonly StoredMail[];
  readonly expunged: readonly ExpungedMail[];
  readonly recentFrom: number;
  readonly fileOf: (uid: number) => MailFile;
}

/** Lines behind the header, without what is torn at the end. `undefined`: one of them makes no sense. */
export function parseEntries(text: string): readonly JournalEntry[] | undefined {
  const entries: JournalEntry[] = [];
  for (let at = 0; ; ) {
    const end = text.indexOf("\n", at);
    if (end === -1) return entries;
    const entry = parseLine(text.slice(at, end));
    if (entry === undefined) return undefined;
    if (!joined(entries.at(-1), entry)) entries.push(entry);
    at = end + 1;
  }
}

function parseLine(line: string): JournalEntry | undefined {
  const fields = line.split("\t");
  if (fields[0] === "a") return parseAdded(fields);
  if (fields[0] === "f") return parseFlags(fields);
  if (fields[0] === "x") return parseExpunged(fields);
  if (fields[0] === "p") return parseIntent(fields);
  if (fields[0] === "r") return parseRecent(fields);
  return line === "d" ? { type: "done" } : undefined;
}

function parseAdded(fields: readonly string[]): JournalEntry | undefined {
  const added = addedOf(fields);
  if (added === undefined) return undefined;
  const { message, file } = added;
  return { type: "change", change: { type: "added", messages: [message] }, files: new Map([[message.uid, file]]) };
}

function addedOf(fields: readonly string[]): { readonly message: StoredMail; readonly file: MailFile } | undefined {
  if (fields.length !== 8) return undefined;
  const [uid, modSeq, receivedAt, octets] = [fields[1], fields[2], fields[3], fields[4]].map(Number);
  if (!isCount(uid!) || !isCount(modSeq!) || !isCount(octets!) || !Number.isFinite(receivedAt)) return undefined;
  const base = fields[6]!;
  if (base === "") return undefined;
  const guid = fields[5]! || base;
  const flags = flagsOf(fields[7]!);
  const message = { uid: uid!, flags, modSeq: modSeq!, receivedAt: receivedAt!, octets: octets!, id: mailIdOf(guid) };
  return { message, file: { base, guid } };
}

/** Only uid, flags and mod-sequence are told: whoever has the folder knows the rest. */
function parseFlags(fields: readonly string[]): JournalEntry | undefined {
  const [uid, modSeq] = fields.slice(1, 3).map(Number) as [number, number];
  if (fields.length !== 4 || ![uid, modSeq].every(isCount)) return undefined;
  const message = { uid, modSeq, flags: flagsOf(fields[3]!), receivedAt: 0, octets: 0, id: "" };
  return { type: "change", change: { type: "flags", messages: [message] }, files: new Map() };
}

function parseExpunged(fields: readonly string[]): JournalEntry | undefined {
  const [modSeq, ...uids] = [Number(fields[1]), ...(fields[2] ?? "").split(" ").map(Number)];
  if (fields.length !== 3 || ![modSeq!, ...uids].every(isCount)) return undefined;
  return { type: "change", change: { type: "expunged", uids, modSeq: modSeq! }, files: new Map() };
}

function parseRecent(fields: readonly string[]): JournalEntry | undefined {
  const from = Number(fields[1]);
  return fields.length === 2 && isCount(from) ? { type: "recent", from } : undefined;
}

function parseIntent(fields: readonly string[]): JournalEntry | undefined {
  if (fields.length % 2 === 0) return undefined;
  const moves = Array.from(
    { length: (fields.length - 1) / 2 },
    (_, i) => [fields[2 * i + 1]!, fields[2 * i + 2]!] as const,
  );
  return { type: "intent", moves };
}

/** Lines of one mod-sequence that belong together become one change. */
function joined(last: JournalEntry | undefined, next: JournalEntry): boolean {
  if (last?.type !== "change" || next.type !== "change") return false;
  const [before, after] = [last.change, next.change];
  if (before.type === "gone" || after.type === "gone" || before.type === "expunged" || after.type === "expunged")
    return false;
  if (before.type !== after.type || before.messages[0]!.modSeq !== after.messages[0]!.modSeq) return false;
  (before.messages as StoredMail[]).push(...after.messages);
  for (const [uid, file] of next.files) (last.files as Map<number, MailFile>).set(uid, file);
  return true;
}

const noFlags: ReadonlySet<string> = new Set();

/** The same set for the same text, as long as it was the text before as well: neighbours are alike. */
function flagsOf(text: string): ReadonlySet<string> {
  if (text === "") return noFlags;
  if (text !== lastFlags.text) lastFlags = { text, flags: new Set(text.split(" ")) };
  return lastFlags.flags;
}

let lastFlags: { readonly text: string; readonly flags: ReadonlySet<string> } = { text: "", flags: noFlags };

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Most of a journal are messages that were added, at its beginning. Gives where something else comes. */
function readAdded(
  text: string,
  start: number,
  messages: Map<number, StoredMail>,
  files: Map<number, MailFile>,
): number {
  for (let at = start; ; ) {
    const end = text.indexOf("\n", at);
    const added = end === -1 || !text.startsWith("a\t", at) ? undefined : addedOf(text.slice(at, end).split("\t"));
    if (added === undefined) return at;
    messages.set(added.message.uid, added.message);
    files.set(added.message.uid, added.file);
    at = end + 1;
  }
}

/** A folder as its journal tells it, and the files of its messages. */
export interface JournaledFolder {
  readonly state: Omit<FolderIndexState, "id">;
  readonly files: ReadonlyMap<number, MailFile>;
  /** It was begun, and nobody said that it was done. */
  readonly intent?: IntendedMoves | undefined;
}

/** Reads a journal whole. `undefined`: it is lost. */
export function readJournal(text: string): (JournaledFolder & { readonly header: JournalHeader }) | undefined {
  const end = text.indexOf("\n");
  const header = end === -1 ? undefined : parseJournalHeader(text.slice(0, end));
  if (header === undefined) return undefined;
  const messages = new Map<number, StoredMail>();
  const files = new Map<number, MailFile>();
  const rest = readAdded(text, end + 1, messages, files);
  const entries = parseEntries(text.slice(rest));
  if (entries === undefined) return undefined;
  const expunged: ExpungedMail[] = [];
  let { uidNext, highestModSeq } = header;
  let recentFrom = 1;
  for (const { uid, modSeq } of messages.values()) {
    uidNext = Math.max(uidNext, uid + 1);
    highestModSeq = Math.max(highestModSeq, modSeq);
  }
  for (const entry of entries) {
    if (entry.type === "recent") recentFrom = Math.max(recentFrom, entry.from);
    if (entry.type !== "change" || entry.change.type === "gone") continue;
    const { change } = entry;
    if (change.type === "expunged") {
      highestModSeq = Math.max(highestModSeq, change.modSeq);
      for (const uid of change.uids) {
        messages.delete(uid);
        files.delete(uid);
        expunged.push({ uid, modSeq: change.modSeq });
      }
      continue;
    }
    for (const message of change.messages) {
      const before = messages.get(message.uid);
      if (change.type === "flags" && before === undefined) continue;
      const { uid, modSeq, flags } = message;
      messages.set(uid, change.type === "added" ? message : { ...before!, modSeq, flags });
      if (change.type === "added") files.set(uid, entry.files.get(uid)!);
      highestModSeq = Math.max(highestModSeq, modSeq);
      uidNext = Math.max(uidNext, uid + 1);
    }
  }
  const last = entries.at(-1);
  const intent = last?.type === "intent" ? { intent: last.moves } : {};
  const { uidValidity, expungedSince } = header;
  const sorted = [...messages.values()].sort((a, b) => a.uid - b.uid);
  const state = { uidValidity, uidNext, highestModSeq, expungedSince, recentFrom, expunged, messages: sorted };
  return { header, state, files, ...intent };
}
