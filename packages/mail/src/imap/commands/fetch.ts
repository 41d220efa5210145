import { MailStoreError } from "../../store/errors.ts";
import type { StoredMail } from "../../store/store.ts";
import { imapBad, imapNo } from "../errors.ts";
import { type MailReach, type ReadMail, readTogether } from "../message/read-mail.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSelected } from "../server/selected.ts";
import type { ImapSession } from "../server/session.ts";
import type { ImapNumberSet } from "../wire/number-set.ts";
import type { ImapScanner } from "../wire/scanner.ts";
import { type ImapFetchItem, parseFetchItems } from "./fetch-items.ts";
import { FetchWriter, reachOf } from "./fetch-writer.ts";
import { vanishedSince } from "./select.ts";

interface FetchArguments {
  readonly set: ImapNumberSet;
  readonly items: readonly ImapFetchItem[];
  readonly changedSince: number | undefined;
  readonly vanished: boolean;
}

/** RFC 9051 §6.4.5, and only what changed since (RFC 7162 §3.1.4, §3.2.6). */
export const fetchCommand: ImapServerCommand<unknown> = imapCommand<FetchArguments>({
  state: "selected",
  mayBeByUid: true,
  keepsSequence: true,
  parse(scanner, byUid) {
    scanner.space();
    const set = scanner.set();
    scanner.space();
    const items = parseFetchItems(scanner);
    const { changedSince, vanished } = scanner.skip(" (") ? parseModifiers(scanner) : none;
    if (vanished && (changedSince === undefined || !byUid)) throw imapBad("VANISHED wants UID FETCH and CHANGEDSINCE");
    return { set, items, changedSince, vanished };
  },
  async run({ session, byUid }, parsed) {
    const selected = session.open;
    if (!byUid && selected.exceeds(parsed.set)) throw imapBad("There are no such messages");
    const counts = parsed.changedSince !== undefined || parsed.items.some(({ type }) => type === "MODSEQ");
    if (counts) session.enabled.add("CONDSTORE");
    if (parsed.vanished) tellVanished(session, parsed);
    const items = withImplied(parsed, byUid);
    const places = selected.places(parsed.set, byUid);
    await markSeen(session, places, items);
    const fetching = new Fetching(session, items, parsed.changedSince);
    await fetching.run(places);
    if (fetching.isMissing && !byUid) throw imapNo("EXPUNGEISSUED", "Some of the messages are gone");
    return undefined;
  },
});

/** Answers for one message after the other; what their files must be read for is read for many at once. */
class Fetching {
  /** A message was gone. */
  isMissing = false;
  readonly #session: ImapSession;
  readonly #selected: ImapSelected;
  readonly #writer: FetchWriter;
  readonly #reach: MailReach | undefined;
  readonly #changedSince: number;

  constructor(session: ImapSession, items: readonly ImapFetchItem[], changedSince = -1) {
    this.#session = session;
    this.#selected = session.open;
    this.#writer = new FetchWriter(session, items);
    this.#reach = reachOf(items);
    this.#changedSince = changedSince;
  }

  async run(places: readonly number[]): Promise<void> {
    if (this.#reach === undefined) await this.#quick(places);
    else await this.#reading(places, this.#reach);
    this.#writer.flush();
  }

  /** Nothing is waited for but the client. */
  async #quick(places: readonly number[]): Promise<void> {
    for (const place of places) {
      const message = this.#current(place);
      if (message === undefined || !this.#writer.quickMessage(place, message)) continue;
      const room = this.#session.room();
      if (room !== undefined) await room;
    }
  }

  async #reading(places: readonly number[], reach: MailReach): Promise<void> {
    const wanted = places.flatMap((place) => {
      const message = this.#current(place);
      return message === undefined ? [] : { place, message, isKnown: this.#writer.isRemembered(message.uid) };
    });
    for await (const some of readTogether(this.#selected.folder, wanted, reach))
      for (const { item, mail } of some) {
        const waiting = this.#tell(item.place, mail);
        if (waiting !== undefined) await waiting;
      }
  }

  /** Seldom is there anything to wait for. */
  #tell(place: number, mail: ReadMail | undefined): Promise<void> | undefined {
    const message = this.#current(place); // its flags may be others by now
    if (message === undefined) return undefined;
    const isFull = this.#writer.readMessage(place, message, mail);
    if (isFull !== undefined) return isFull ? this.#session.room() : undefined;
    return this.#tellSlowly(place, message);
  }

  async #tellSlowly(place: number, message: StoredMail): Promise<void> {
    await this.#writer.message(place, message).catch(goneOnly);
    await this.#session.room();
  }

  #current(place: number): StoredMail | undefined {
    const message = this.#selected.currentAt(place);
    this.isMissing ||= message === undefined;
    return message !== undefined && message.modSeq > this.#changedSince ? message : undefined;
  }
}

const none = { changedSince: undefined, vanished: false };

function parseModifiers(scanner: ImapScanner): Pick<FetchArguments, "changedSince" | "vanished"> {
  let changedSince: number | undefined;
  let vanished = false;
  scanner.listInside(() => {
    if (scanner.skip("VANISHED")) vanished = true;
    else {
      scanner.expect("CHANGEDSINCE ");
      changedSince = scanner.number64();
    }
  });
  return { changedSince, vanished };
}

/** `UID FETCH` tells UIDs, and `CHANGEDSINCE` mod-sequences, asked or not. */
function withImplied({ items, changedSince }: FetchArguments, byUid: boolean): readonly ImapFetchItem[] {
  const has = (type: ImapFetchItem["type"]): boolean => items.some((item) => item.type === type);
  return [
    ...(byUid && !has("UID") ? [{ type: "UID" } as const] : []),
    ...items,
    ...(changedSince !== undefined && !has("MODSEQ") ? [{ type: "MODSEQ" } as const] : []),
  ];
}

function tellVanished(session: ImapSession, { set, changedSince }: FetchArguments): void {
  if (!session.enabled.has("QRESYNC")) throw imapBad("Enable QRESYNC first");
  const gone = vanishedSince(session.open.folder, changedSince!, set);
  if (!gone.isEmpty) session.untagged(`VANISHED (EARLIER) ${gone}`);
}

/** What is read is seen, before it is told, so that its flags are right (RFC 9051 §6.4.5). */
async function markSeen(
  session: ImapSession,
  places: readonly number[],
  items: readonly ImapFetchItem[],
): Promise<void> {
  const selected = session.open;
  if (selected.folder.readOnly || !items.some((item) => item.type === "section" && !item.peek)) return;
  const unseen = places
    .map((place) => selected.uids[place]!)
    .filter((uid) => selected.current(uid)?.flags.has("\\Seen") === false);
  if (unseen.length > 0) await selected.folder.changeFlags(unseen, { operation: "add", flags: ["\\Seen"] });
}

/** A message that went before anything of it was told is passed over. */
function goneOnly(error: unknown): void {
  if (!(error instanceof MailStoreError && error.code === "no-message")) throw error;
}
