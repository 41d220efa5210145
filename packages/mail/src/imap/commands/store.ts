import { changedFlags, sameFlags } from "../../store/flags.ts";
import type { FlagChange, StoredMail } from "../../store/store.ts";
import { imapBad, imapNo } from "../errors.ts";
import { imapArgumentsMax } from "../limits.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import { formatFlags } from "../server/flags.ts";
import type { ImapSession } from "../server/session.ts";
import type { ImapPiece } from "../wire/format.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import type { ImapScanner } from "../wire/scanner.ts";

interface StoreArguments {
  readonly set: ImapNumberSet;
  readonly unchangedSince: number | undefined;
  readonly operation: FlagChange["operation"];
  readonly isSilent: boolean;
  readonly flags: readonly string[];
}

/** RFC 9051 §6.4.6, and only where nobody was faster (RFC 7162 §3.1.3). */
export const storeCommand: ImapServerCommand<unknown> = imapCommand<StoreArguments>({
  state: "selected",
  mayBeByUid: true,
  keepsSequence: true,
  parse(scanner) {
    scanner.space();
    const set = scanner.set();
    scanner.space();
    let unchangedSince: number | undefined;
    if (scanner.skip("(UNCHANGEDSINCE ")) {
      unchangedSince = scanner.number64();
      scanner.expect(") ");
    }
    const operation = scanner.skip("+") ? "add" : scanner.skip("-") ? "remove" : "replace";
    scanner.expect("FLAGS");
    const isSilent = scanner.skip(".SILENT");
    scanner.space();
    return { set, unchangedSince, operation, isSilent, flags: parseFlags(scanner) };
  },
  async run({ session, byUid }, parsed) {
    const { set, unchangedSince, operation, flags } = parsed;
    const selected = session.open;
    if (selected.folder.readOnly) throw imapNo("NOPERM", "The mailbox is open to be read only");
    if (!byUid && selected.exceeds(set)) throw imapBad("There are no such messages");
    if (unchangedSince !== undefined) session.enabled.add("CONDSTORE");
    const uids = selected.places(set, byUid).map((place) => selected.uids[place]!);
    const wanted = flags.filter((flag) => flag.toLowerCase() !== "\\recent");
    const result = await selected.folder.changeFlags(uids, { operation, flags: wanted, unchangedSince });
    for (const message of result.messages) tell(session, message, byUid, parsed);
    return endOf(session, { uids, byUid, modified: result.modified, there: result.messages.length });
  },
});

function parseFlags(scanner: ImapScanner): readonly string[] {
  if (scanner.peek === "(") return scanner.list(() => scanner.flag());
  const flags = [scanner.flag()];
  while (scanner.skip(" ") && flags.length < imapArgumentsMax) flags.push(scanner.flag());
  return flags;
}

/**
 * A silent change is told only by its mod-sequence, where the client counts them (RFC 7162 §3.1.3); but what others changed
 * before, of which the client was not told, is told whole.
 */
function tell(
  session: ImapSession,
  message: StoredMail,
  byUid: boolean,
  { isSilent, operation, flags }: StoreArguments,
): void {
  const selected = session.open;
  const place = selected.placeOfUid(message.uid);
  if (place < 0) return;
  const known = selected.at(place);
  const isExpected = sameFlags(changedFlags(known.flags, operation, new Set(flags)), message.flags);
  selected.told(message);
  const counts = session.enabled.has("CONDSTORE");
  const isQuiet = isSilent && isExpected;
  if (isQuiet && !(counts && known.modSeq !== message.modSeq)) return;
  const uid = byUid || session.isRev2 || session.enabled.has("QRESYNC") ? [`UID ${message.uid}`] : [];
  const told = isQuiet ? [] : [`FLAGS ${session.flagsOf(message)}`];
  session.untagged(
    `${place + 1} FETCH (${[...uid, ...told, ...(counts ? [`MODSEQ (${message.modSeq})`] : [])].join(" ")})`,
  );
}

function endOf(
  session: ImapSession,
  {
    uids,
    byUid,
    modified,
    there,
  }: {
    readonly uids: readonly number[];
    readonly byUid: boolean;
    readonly modified: readonly number[];
    readonly there: number;
  },
): string | undefined {
  if (modified.length > 0) {
    const numbers = byUid ? modified : modified.map((uid) => session.open.placeOfUid(uid) + 1);
    return `[MODIFIED ${ImapNumberSet.of(numbers)}] Some were changed by others before`;
  }
  if (!byUid && there < uids.length) throw imapNo("EXPUNGEISSUED", "Some of the messages are gone");
  return undefined;
}

/** The command as clients send it. */
export function formatStore(set: string, change: FlagChange, isSilent: boolean): readonly ImapPiece[] {
  const sign = change.operation === "add" ? "+" : change.operation === "remove" ? "-" : "";
  const unless = change.unchangedSince === undefined ? "" : ` (UNCHANGEDSINCE ${change.unchangedSince})`;
  return [`UID STORE ${set}${unless} ${sign}FLAGS${isSilent ? ".SILENT" : ""} ${formatFlags(change.flags)}`];
}
