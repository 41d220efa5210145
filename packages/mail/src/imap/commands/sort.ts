import { type MimePart, mailboxesOf, parseAddressList } from "@hawser/mime";
import { readTogether } from "../message/read-mail.ts";
import { baseSubject } from "../search/base-subject.ts";
import { sentAt } from "../search/content.ts";
import type { ImapSearchKey } from "../search/keys.ts";
import { knownCharset, parseSearchKeys } from "../search/parse.ts";
import { type ImapSearchReturn, parseSearchReturn, tellFound } from "../search/results.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSession } from "../server/session.ts";
import { findPlaces, mentionsModSeq } from "./search.ts";

const names = ["ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO"] as const;
type SortName = (typeof names)[number];

interface SortArguments {
  readonly order: readonly { readonly name: SortName; readonly isReversed: boolean }[];
  readonly key: ImapSearchKey;
  readonly wanted: ImapSearchReturn | undefined;
}

/** RFC 5256 §3, RFC 5957; with RETURN (RFC 5267 §3). */
export const sortCommand: ImapServerCommand<unknown> = imapCommand<SortArguments>({
  state: "selected",
  mayBeByUid: true,
  keepsSequence: true,
  parse(scanner) {
    scanner.space();
    const wanted = parseSearchReturn(scanner);
    const order = scanner.list(() => {
      const isReversed = scanner.skip("REVERSE ");
      const name = scanner.keyword() as SortName;
      if (!names.includes(name)) throw scanner.fault("this order is unknown");
      return { name, isReversed };
    });
    scanner.space();
    const charset = knownCharset(scanner.astring());
    scanner.space();
    return { wanted, order, key: parseSearchKeys(scanner, charset) };
  },
  async run(call, { order, key, wanted }) {
    const places = await findPlaces(call.session, key);
    const wantedNames = order.map(({ name }) => name);
    const rows = await rowsOf(call.session, places, wantedNames);
    const sorted = rows.sort((a, b) => compare(a, b, order)).map(({ place }) => place);
    tellFound(call, { places: sorted, isOrdered: true, hasModSeq: mentionsModSeq(call.session, key) }, wanted, "SORT");
    return undefined;
  },
});

interface SortRow {
  readonly place: number;
  readonly values: readonly (number | string)[];
}

async function rowsOf(session: ImapSession, places: readonly number[], order: readonly SortName[]): Promise<SortRow[]> {
  const isCheap = order.every((name) => name === "ARRIVAL" || name === "SIZE");
  if (isCheap) return places.map((place) => rowOf(session, place, order, undefined));
  const rows: SortRow[] = [];
  for await (const { place, tree } of headersOf(session, places)) rows.push(rowOf(session, place, order, tree));
  return rows;
}

function rowOf(session: ImapSession, place: number, order: readonly SortName[], tree: MimePart | undefined): SortRow {
  const { receivedAt, octets } = session.open.at(place);
  const cheap: Partial<Record<SortName, number>> = { ARRIVAL: receivedAt, SIZE: octets };
  return { place, values: order.map((name) => cheap[name] ?? sortValue(name, tree, receivedAt)) };
}

/** The messages of places with their headers, which are read together. One that went has none: it sorts as if empty. */
export async function* headersOf(
  session: ImapSession,
  places: readonly number[],
): AsyncGenerator<{ readonly place: number; readonly tree: MimePart | undefined }> {
  const { open: selected } = session;
  const wanted = places.map((place) => ({ place, message: selected.at(place), isKnown: false }));
  for await (const some of readTogether(selected.folder, wanted, "header"))
    for (const { item, mail } of some) {
      session.gone.signal.throwIfAborted();
      const tree = mail?.tree ?? (await selected.folder.structure(item.message.uid).catch(() => undefined));
      yield { place: item.place, tree };
    }
}

function sortValue(name: SortName, tree: MimePart | undefined, receivedAt: number): number | string {
  if (name === "DATE") return (tree && sentMoment(tree)) ?? receivedAt;
  if (name === "SUBJECT") return baseSubject(tree?.header.get("subject") ?? "").base;
  const [first] = mailboxesOf(parseAddressList(tree?.header.get(name.replace("DISPLAY", "").toLowerCase()) ?? ""));
  if (first === undefined) return "";
  if (!name.startsWith("DISPLAY")) return first.localPart.toLowerCase();
  return (first.name ?? `${first.localPart}@${first.domain}`).toLowerCase();
}

/** The moment of sending, in UTC: here the zone counts (RFC 5256 §2.2). */
export function sentMoment(tree: MimePart): number | undefined {
  const local = sentAt(tree);
  const zone = /([+-])(\d\d)(\d\d)\s*(?:\(.*)?$/.exec(tree.header.get("date") ?? "");
  if (local === undefined || zone === null) return local;
  const minutes = Number(zone[2]) * 60 + Number(zone[3]);
  return local - (zone[1] === "-" ? -minutes : minutes) * 60_000;
}

/** What is equal stays in the order of the mailbox (RFC 5256 §3). */
function compare(a: SortRow, b: SortRow, order: SortArguments["order"]): number {
  for (const [i, { isReversed }] of order.entries()) {
    const [one, other] = [a.values[i]!, b.values[i]!];
    if (one !== other) return (one < other ? -1 : 1) * (isReversed ? -1 : 1);
  }
  return a.place - b.place;
}
