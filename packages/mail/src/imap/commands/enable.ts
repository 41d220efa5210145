import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapEnabled } from "../server/session.ts";

const known: ReadonlySet<string> = new Set<ImapEnabled>(["CONDSTORE", "IMAP4REV2", "QRESYNC", "UTF8=ACCEPT"]);

/** RFC 9051 §6.3.1. */
export const enableCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    const names: string[] = [];
    while (scanner.skip(" ")) names.push(scanner.keyword());
    if (names.length === 0) throw scanner.fault("a capability is expected");
    return names;
  },
  run({ session }, names) {
    const wanted = names.filter(
      (name): name is ImapEnabled => known.has(name) && !session.enabled.has(name as ImapEnabled),
    );
    for (const name of wanted) session.enabled.add(name);
    if (session.enabled.has("QRESYNC")) session.enabled.add("CONDSTORE"); // RFC 7162 §3.2.3
    session.untagged(["ENABLED", ...new Set(wanted)].join(" "));
    return undefined;
  },
});
