import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapNumberSet } from "../wire/number-set.ts";

/** RFC 9051 §6.4.3; with `UID` only messages of a set (RFC 4315 §2.1). */
export const expungeCommand: ImapServerCommand<unknown> = imapCommand<ImapNumberSet | undefined>({
  state: "selected",
  mayBeByUid: true,
  parse(scanner, byUid) {
    if (!byUid) return undefined;
    scanner.space();
    return scanner.set();
  },
  async run({ session, byUid }, set) {
    const selected = session.open;
    const places = set === undefined ? undefined : selected.places(set, true);
    const uids = places === undefined ? selected.uids : places.map((place) => selected.uids[place]!);
    const deleted = uids.filter((uid) => selected.current(uid)?.flags.has("\\Deleted") === true);
    if (deleted.length > 0 || selected.folder.readOnly) await selected.folder.expunge(deleted);
    const name = byUid ? "UID EXPUNGE" : "EXPUNGE";
    if (!session.enabled.has("CONDSTORE")) return undefined;
    session.tellChanges(true); // before the mod-sequence that counts them (RFC 7162 §3.2.8)
    return `[HIGHESTMODSEQ ${selected.folder.status.highestModSeq}] ${name} completed`;
  },
});
