import type { MailFolder, StoredMail } from "../../store/store.ts";
import { imapBad } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import { flagsInUse, formatFlags } from "../server/flags.ts";
import { ImapSelected } from "../server/selected.ts";
import type { ImapSession } from "../server/session.ts";
import { commandString, formatMailbox, type ImapPiece } from "../wire/format.ts";
import { ImapNumberSet, type ImapRange, placeOf } from "../wire/number-set.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** What a client knows of a mailbox from before (RFC 7162 §3.2.5). */
export interface ImapKnownState {
  readonly uidValidity: number;
  readonly modSeq: number;
  /** The UIDs it has. Default: all that there can be. */
  readonly uids?: ImapNumberSet | undefined;
}

interface SelectArguments {
  readonly name: string;
  readonly condstore: boolean;
  readonly resync: ImapKnownState | undefined;
}

function parse(scanner: ImapScanner): SelectArguments {
  scanner.space();
  const name = scanner.mailbox();
  let condstore = false;
  let resync: ImapKnownState | undefined;
  if (scanner.skip(" "))
    scanner.list(() => {
      if (scanner.skip("CONDSTORE")) condstore = true;
      else resync = parseResync(scanner);
    });
  return { name, condstore, resync };
}

function parseResync(scanner: ImapScanner): ImapKnownState {
  scanner.expect("QRESYNC (");
  const uidValidity = scanner.number();
  scanner.space();
  const modSeq = scanner.number64();
  let uids: ImapNumberSet | undefined;
  while (scanner.skip(" ")) {
    if (scanner.peek === "(") skipPairs(scanner);
    else uids = scanner.set();
  }
  scanner.expect(")");
  return { uidValidity, modSeq, uids };
}

/** Pairs of sequence numbers and UIDs would spare us some of VANISHED; we remember what went, and need them not. */
function skipPairs(scanner: ImapScanner): void {
  scanner.expect("(");
  scanner.set();
  scanner.space();
  scanner.set();
  scanner.expect(")");
}

function selects(readOnly: boolean): ImapServerCommand<unknown> {
  return imapCommand<SelectArguments>({
    state: "authenticated",
    parse,
    async run({ session }, { name, condstore, resync }) {
      if (resync !== undefined && !session.enabled.has("QRESYNC")) throw imapBad("Enable QRESYNC first");
      if (session.selected !== undefined) {
        await session.unselect(); // even when the new one cannot be selected (RFC 9051 §6.3.2)
        session.untagged("OK [CLOSED] The mailbox before is closed");
      }
      const folder = await session.account.open(name, { readOnly });
      if (condstore) session.enabled.add("CONDSTORE");
      await folder.poll();
      session.selected = new ImapSelected(folder, !session.isRev2);
      tellState(session, folder);
      if (resync !== undefined && resync.uidValidity === folder.status.uidValidity) tellResync(session, folder, resync);
      return `[READ-${readOnly ? "ONLY" : "WRITE"}] ${readOnly ? "EXAMINE" : "SELECT"} completed`;
    },
  });
}

/** RFC 9051 §6.3.2. */
export const selectCommand: ImapServerCommand<unknown> = selects(false);

/** RFC 9051 §6.3.3. */
export const examineCommand: ImapServerCommand<unknown> = selects(true);

function tellState(session: ImapSession, folder: MailFolder): void {
  const { status, messages, readOnly } = folder;
  const flags = flagsInUse(folder);
  session.untagged(`FLAGS ${formatFlags(flags)}`);
  session.untagged(`OK [PERMANENTFLAGS ${readOnly ? "()" : formatFlags([...flags, "\\*"])}] Flags that stay`);
  session.untagged(`${messages.length} EXISTS`);
  if (!session.isRev2) {
    session.untagged(`${session.open.recentCount} RECENT`);
    const unseen = firstUnseen(messages);
    if (unseen >= 0) session.untagged(`OK [UNSEEN ${unseen + 1}] The first that is not seen`);
  }
  session.untagged(`OK [UIDVALIDITY ${status.uidValidity}] UIDs are valid`);
  session.untagged(`OK [UIDNEXT ${status.uidNext}] The next UID`);
  session.untagged(`OK [HIGHESTMODSEQ ${status.highestModSeq}] The highest mod-sequence`);
  session.untagged(`OK [MAILBOXID (${status.id})] The mailbox's id`);
  if (session.isRev2) session.untagged(`LIST () "/" ${formatMailbox(folder.name, true)}`);
}

/** Found once for each state of a folder. */
function firstUnseen(messages: readonly StoredMail[]): number {
  let place = unseenPlaces.get(messages);
  if (place === undefined) {
    place = messages.findIndex((message) => !message.flags.has("\\Seen"));
    unseenPlaces.set(messages, place);
  }
  return place;
}

const unseenPlaces = new WeakMap<readonly StoredMail[], number>();

/** What changed since: first what went, then what is otherwise (RFC 7162 §3.2.5.1). */
function tellResync(session: ImapSession, folder: MailFolder, known: ImapKnownState): void {
  const gone = vanishedSince(folder, known.modSeq, known.uids);
  if (!gone.isEmpty) session.untagged(`VANISHED (EARLIER) ${gone}`);
  const wanted = known.uids?.ranges(folder.status.uidNext - 1);
  for (const [place, message] of folder.messages.entries()) {
    const { uid, modSeq } = message;
    if (modSeq <= known.modSeq) continue;
    if (wanted !== undefined && !wanted.some(([from, to]) => from <= uid && uid <= to)) continue;
    session.untagged(`${place + 1} FETCH (UID ${uid} FLAGS ${session.flagsOf(message)} MODSEQ (${modSeq}))`);
  }
}

/** UIDs of a set that went since a mod-sequence; where that is not known any more, all that are not there. */
export function vanishedSince(folder: MailFolder, modSeq: number, among: ImapNumberSet | undefined): ImapNumberSet {
  const last = folder.status.uidNext - 1;
  const ranges = among?.ranges(last) ?? [[1, last] as const];
  const went = folder.expungedSince(modSeq);
  if (went !== undefined)
    return ImapNumberSet.of(went.filter((uid) => ranges.some(([from, to]) => from <= uid && uid <= to)));
  const there = folder.messages.map(({ uid }) => uid);
  return new ImapNumberSet(ranges.flatMap(([from, to]) => gapsIn(there, from, Math.min(to, last))));
}

/** What an ascending list has not. */
function gapsIn(there: readonly number[], from: number, to: number): readonly ImapRange[] {
  const gaps: ImapRange[] = [];
  let next = from;
  for (let at = placeOf(there, from); at < there.length && there[at]! <= to; at++) {
    if (there[at]! > next) gaps.push([next, there[at]! - 1]);
    next = there[at]! + 1;
  }
  return next <= to ? [...gaps, [next, to]] : gaps;
}

/** The command as clients send it. */
export function formatSelect(
  name: string,
  options: {
    readonly readOnly: boolean;
    readonly isUtf8: boolean;
    readonly condstore: boolean;
    readonly resync?: ImapKnownState | undefined;
  },
): readonly ImapPiece[] {
  const { readOnly, resync, condstore } = options;
  const uids = resync?.uids === undefined ? "" : ` ${resync.uids}`;
  const parameters =
    resync !== undefined
      ? ` (QRESYNC (${resync.uidValidity} ${resync.modSeq}${uids}))`
      : condstore
        ? " (CONDSTORE)"
        : "";
  return [readOnly ? "EXAMINE " : "SELECT ", mailboxPiece(name, options.isUtf8), parameters];
}

/** A mailbox's name in a command. */
export function mailboxPiece(name: string, isUtf8: boolean): ImapPiece {
  const formatted = formatMailbox(name, isUtf8);
  return formatted.startsWith('"') ? formatted : commandString(formatted);
}
