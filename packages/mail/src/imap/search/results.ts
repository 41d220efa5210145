import type { ImapCommandCall } from "../server/command.ts";
import { formatImapString } from "../wire/format.ts";
import { ImapNumberSet } from "../wire/number-set.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** What of the result is told (RFC 4731), and whether `$` stands for it from now on (RFC 5182). */
export type ImapSearchReturn = ReadonlySet<"ALL" | "COUNT" | "MAX" | "MIN" | "SAVE">;

/** Reads `RETURN (…) `, where it stands. `()` is `ALL`. */
export function parseSearchReturn(scanner: ImapScanner): ImapSearchReturn | undefined {
  if (!scanner.skip("RETURN ")) return undefined;
  const wanted = scanner.list(() => {
    const name = scanner.keyword();
    if (!["ALL", "COUNT", "MAX", "MIN", "SAVE"].includes(name)) throw scanner.fault("this return option is unknown");
    return name as "ALL";
  });
  scanner.space();
  return new Set(wanted.length === 0 ? ["ALL"] : wanted);
}

/** What was found. */
export interface ImapFound {
  /** Places in the mailbox, in the order of the result. */
  readonly places: readonly number[];
  /** `SORT`: their order is told, so they stay as they are. */
  readonly isOrdered: boolean;
  /** A mod-sequence was searched for: the highest of what was found is told (RFC 7162 §3.1.5). */
  readonly hasModSeq: boolean;
}

/** Tells what was found, in the way that was asked for; IMAP4rev2 knows only ESEARCH. */
export function tellFound(
  call: ImapCommandCall,
  found: ImapFound,
  wanted: ImapSearchReturn | undefined,
  name: "SEARCH" | "SORT",
): void {
  const { session, byUid } = call;
  const selected = session.open;
  if (wanted?.has("SAVE") === true) selected.saved = savedOf(found, wanted).map((place) => selected.uids[place]!);
  const numbers = found.places.map((place) => (byUid ? selected.uids[place]! : place + 1));
  const modSeqs = found.hasModSeq
    ? found.places.map((place) => selected.current(selected.uids[place]!)?.modSeq ?? 0)
    : [];
  const modSeq = modSeqs.length === 0 ? undefined : modSeqs.reduce((a, b) => Math.max(a, b));
  if (wanted === undefined && (!session.isRev2 || name === "SORT")) {
    const tail = modSeq === undefined ? "" : ` (MODSEQ ${modSeq})`;
    return session.untagged([name, ...numbers].join(" ") + tail);
  }
  const asked = wanted ?? new Set(["ALL"]);
  if (wanted?.size === 1 && wanted.has("SAVE")) return;
  const words = resultsOf(numbers, asked, found.isOrdered);
  const tail = modSeq === undefined ? [] : [`MODSEQ ${modSeq}`];
  session.untagged(
    ["ESEARCH", `(TAG ${formatImapString(call.tag)})`, ...(byUid ? ["UID"] : []), ...words, ...tail].join(" "),
  );
}

function resultsOf(numbers: readonly number[], asked: ReadonlySet<string>, isOrdered: boolean): readonly string[] {
  const has = numbers.length > 0;
  return [
    ...(has && asked.has("MIN") ? [`MIN ${isOrdered ? numbers[0] : numbers.reduce((a, b) => Math.min(a, b))}`] : []),
    ...(has && asked.has("MAX")
      ? [`MAX ${isOrdered ? numbers.at(-1) : numbers.reduce((a, b) => Math.max(a, b))}`]
      : []),
    ...(has && asked.has("ALL") ? [`ALL ${isOrdered ? numbers.join(",") : ImapNumberSet.of(numbers)}`] : []),
    ...(asked.has("COUNT") ? [`COUNT ${numbers.length}`] : []),
  ];
}

/** With MIN or MAX alone, only those are kept (RFC 5182 §2.4). */
function savedOf({ places }: ImapFound, wanted: ImapSearchReturn): readonly number[] {
  if (wanted.has("ALL") || wanted.has("COUNT") || (!wanted.has("MIN") && !wanted.has("MAX"))) return places;
  const ends = [...(wanted.has("MIN") ? places.slice(0, 1) : []), ...(wanted.has("MAX") ? places.slice(-1) : [])];
  return [...new Set(ends)];
}
