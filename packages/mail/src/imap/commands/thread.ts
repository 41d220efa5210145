import type { MimePart } from "@hawser/mime";
import { baseSubject } from "../search/base-subject.ts";
import type { ImapSearchKey } from "../search/keys.ts";
import { knownCharset, parseSearchKeys } from "../search/parse.ts";
import { formatThread, type ThreadedMail, threadByReferences, threadBySubject } from "../search/threads.ts";
import { type ImapCommandCall, type ImapServerCommand, imapCommand } from "../server/command.ts";
import { findPlaces } from "./search.ts";
import { headersOf, sentMoment } from "./sort.ts";

/** Message ids of one References field that are looked at: more is no discussion. */
const referencesMax = 200;

/** RFC 5256 §3. */
export const threadCommand: ImapServerCommand<unknown> = imapCommand<{
  readonly algorithm: string;
  readonly key: ImapSearchKey;
}>({
  state: "selected",
  mayBeByUid: true,
  keepsSequence: true,
  parse(scanner) {
    scanner.space();
    const algorithm = scanner.keyword();
    if (algorithm !== "ORDEREDSUBJECT" && algorithm !== "REFERENCES") throw scanner.fault("this algorithm is unknown");
    scanner.space();
    const charset = knownCharset(scanner.astring());
    scanner.space();
    return { algorithm, key: parseSearchKeys(scanner, charset) };
  },
  async run(call, { algorithm, key }) {
    const places = await findPlaces(call.session, key);
    const mails: ThreadedMail[] = [];
    for await (const { place, tree } of headersOf(call.session, places)) mails.push(threadedMail(call, place, tree));
    const threads = algorithm === "REFERENCES" ? threadByReferences(mails) : threadBySubject(mails);
    call.session.untagged(["THREAD", ...(threads.length === 0 ? [] : [threads.map(formatThread).join("")])].join(" "));
    return undefined;
  },
});

function threadedMail({ session, byUid }: ImapCommandCall, place: number, tree: MimePart | undefined): ThreadedMail {
  const { uid, receivedAt } = session.open.at(place);
  const { base, isReply } = baseSubject(tree?.header.get("subject") ?? "");
  return {
    number: byUid ? uid : place + 1,
    sentAt: (tree && sentMoment(tree)) ?? receivedAt,
    baseSubject: base,
    isReply,
    messageId: tree && idsOf(tree, "message-id")[0],
    references: tree === undefined ? [] : referencesOf(tree),
  };
}

function referencesOf(tree: MimePart): readonly string[] {
  const references = idsOf(tree, "references");
  return references.length > 0 ? references : idsOf(tree, "in-reply-to").slice(0, 1);
}

function idsOf(tree: MimePart, name: string): readonly string[] {
  return (tree.header.get(name)?.match(/<[^<>\s]{1,998}>/g) ?? []).slice(-referencesMax);
}
