import { imapNo } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapPiece } from "../wire/format.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import { mailboxPiece } from "./select.ts";

function copies(isMove: boolean): ImapServerCommand<unknown> {
  return imapCommand<{ readonly set: ImapNumberSet; readonly to: string }>({
    state: "selected",
    mayBeByUid: true,
    isIntoMailbox: true,
    parse(scanner) {
      scanner.space();
      const set = scanner.set();
      scanner.space();
      return { set, to: scanner.mailbox() };
    },
    async run({ session, byUid }, { set, to }) {
      const selected = session.open;
      const { account } = session;
      if (!byUid && selected.exceeds(set)) throw imapNo(undefined, "There are no such messages");
      const uids = selected.places(set, byUid).map((place) => selected.uids[place]!);
      if (!byUid && uids.some((uid) => selected.current(uid) === undefined))
        throw imapNo("EXPUNGEISSUED", "Some of the messages are gone");
      await account.status(to); // refuses when there is no such folder, also where nothing is to be copied
      const name = `${byUid ? "UID " : ""}${isMove ? "MOVE" : "COPY"}`;
      if (uids.length === 0) return `${name} completed`;
      const copied = isMove
        ? await account.move(selected.folder, uids, to)
        : await account.copy(selected.folder, uids, to);
      const code = copyUid(copied.uidValidity, copied.uids);
      if (!isMove) return `${code === undefined ? "" : `[${code}] `}${name} completed`;
      if (code !== undefined) session.untagged(`OK [${code}] Moved`); // before what it says goes (RFC 6851 §4.3)
      return `${name} completed`;
    },
  });
}

/** RFC 9051 §6.4.7. */
export const copyCommand: ImapServerCommand<unknown> = copies(false);

/** RFC 9051 §6.4.8. */
export const moveCommand: ImapServerCommand<unknown> = copies(true);

/** Pairs are told as two sets of which the nth belongs to the nth: both go up (RFC 4315 §3). */
function copyUid(uidValidity: number, pairs: readonly (readonly [number, number])[]): string | undefined {
  if (pairs.length === 0) return undefined;
  const from = ImapNumberSet.of(pairs.map(([one]) => one));
  return `COPYUID ${uidValidity} ${from} ${ImapNumberSet.of(pairs.map(([, other]) => other))}`;
}

/** The command as clients send it. */
export function formatCopy(isMove: boolean, set: string, to: string, isUtf8: boolean): readonly ImapPiece[] {
  return [`UID ${isMove ? "MOVE" : "COPY"} ${set} `, mailboxPiece(to, isUtf8)];
}
