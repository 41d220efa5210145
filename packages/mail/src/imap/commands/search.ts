import type { ImapSearchKey } from "../search/keys.ts";
import { ImapMatcher } from "../search/match.ts";
import { parseSearchCharset, parseSearchKeys } from "../search/parse.ts";
import { type ImapSearchReturn, parseSearchReturn, tellFound } from "../search/results.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSession } from "../server/session.ts";

interface SearchArguments {
  readonly wanted: ImapSearchReturn | undefined;
  readonly key: ImapSearchKey;
}

/** RFC 9051 §6.4.4. */
export const searchCommand: ImapServerCommand<unknown> = imapCommand<SearchArguments>({
  state: "selected",
  mayBeByUid: true,
  keepsSequence: true,
  parse(scanner) {
    scanner.space();
    const wanted = parseSearchReturn(scanner);
    const charset = parseSearchCharset(scanner);
    return { wanted, key: parseSearchKeys(scanner, charset) };
  },
  async run(call, { wanted, key }) {
    const places = await findPlaces(call.session, key);
    tellFound(call, { places, isOrdered: false, hasModSeq: mentionsModSeq(call.session, key) }, wanted, "SEARCH");
    return undefined;
  },
});

/** Places of the messages that fit. */
export async function findPlaces(session: ImapSession, key: ImapSearchKey): Promise<readonly number[]> {
  const places: number[] = [];
  const matcher = new ImapMatcher(session.open, session.transport.reactor.clock.wall());
  for await (const place of matcher.find(key)) {
    session.gone.signal.throwIfAborted();
    places.push(place);
  }
  return places;
}

/** Whoever searches for mod-sequences counts them from now on (RFC 7162 §3.1). */
export function mentionsModSeq(session: ImapSession, key: ImapSearchKey): boolean {
  const mentions = (one: ImapSearchKey): boolean => {
    if (one.type === "and") return one.keys.some(mentions);
    if (one.type === "or") return mentions(one.one) || mentions(one.other);
    return one.type === "not" ? mentions(one.key) : one.type === "modseq";
  };
  if (!mentions(key)) return false;
  session.enabled.add("CONDSTORE");
  return true;
}
