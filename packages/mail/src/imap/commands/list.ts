import type { MailFolderInfo } from "../../store/store.ts";
import { imapBad } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSession } from "../server/session.ts";
import { formatMailbox, type ImapPiece } from "../wire/format.ts";
import type { ImapScanner } from "../wire/scanner.ts";
import { matchesMailboxPattern } from "./list-pattern.ts";
import { mailboxPiece } from "./select.ts";
import { type ImapStatusItem, parseStatusItems, tellStatus } from "./status.ts";

interface ListArguments {
  readonly reference: string;
  readonly patterns: readonly string[];
  readonly selection: ReadonlySet<string>;
  readonly isExtended: boolean;
  readonly status: readonly ImapStatusItem[] | undefined;
}

const selections = new Set(["SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"]);

/** RFC 9051 §6.3.9: LIST with all that RFC 5258, RFC 5819 and RFC 6154 add to it. */
export const listCommand: ImapServerCommand<unknown> = imapCommand<ListArguments>({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    const isSelecting = scanner.peek === "(";
    const selection = new Set(isSelecting ? scanner.list(() => scanner.keyword()) : []);
    if (isSelecting) scanner.space();
    for (const word of selection) if (!selections.has(word)) throw imapBad("This selection is unknown");
    if (selection.has("RECURSIVEMATCH") && !selection.has("SUBSCRIBED")) throw imapBad("What is to match recursively?");
    const reference = scanner.mailbox();
    scanner.space();
    const hasPatterns = scanner.peek === "(";
    const patterns = hasPatterns ? scanner.list(() => scanner.listMailbox()) : [scanner.listMailbox()];
    const status = scanner.skip(" RETURN ") ? parseReturn(scanner) : undefined;
    return {
      reference,
      patterns,
      selection,
      isExtended: isSelecting || hasPatterns || status !== undefined,
      status: status?.items,
    };
  },
  async run({ session }, parsed) {
    if (parsed.patterns.length === 1 && parsed.patterns[0] === "" && !parsed.isExtended) {
      session.untagged('LIST (\\Noselect) "/" ""');
      return undefined;
    }
    const folders = await foldersFor(session);
    for (const folder of folders.filter((one) => isListed(one, folders, parsed))) {
      session.untagged(
        `LIST (${attributesOf(folder, folders).join(" ")}) "/" ${formatMailbox(folder.name, session.isUtf8)}${childInfo(folder, folders, parsed)}`,
      );
      if (parsed.status !== undefined && folder.selectable)
        await tellStatus(session, session.account, folder.name, parsed.status).catch(() => {}); // it went meanwhile
      await session.room();
    }
    return undefined;
  },
});

/** RFC 3501 §6.3.9. */
export const lsubCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    const reference = scanner.mailbox();
    scanner.space();
    return { reference, pattern: scanner.listMailbox() };
  },
  async run({ session }, { reference, pattern }) {
    const folders = await foldersFor(session);
    const subscribed = folders.filter((folder) => folder.subscribed);
    const names = new Map(
      subscribed.filter(({ name }) => matchesMailboxPattern(name, reference + pattern)).map(({ name }) => [name, true]),
    );
    // A name above one that is subscribed is told where the pattern ends above (RFC 3501 §6.3.9).
    if (pattern.endsWith("%"))
      for (const { name } of subscribed)
        for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1)) {
          const above = name.slice(0, at);
          if (!names.has(above) && matchesMailboxPattern(above, reference + pattern)) names.set(above, false);
        }
    for (const [name, isSubscribed] of names)
      session.untagged(`LSUB (${isSubscribed ? "" : "\\Noselect"}) "/" ${formatMailbox(name, session.isUtf8)}`);
    return undefined;
  },
});

function parseReturn(scanner: ImapScanner): { readonly items: readonly ImapStatusItem[] | undefined } {
  let items: readonly ImapStatusItem[] | undefined;
  scanner.list(() => {
    const option = scanner.keyword();
    if (option === "STATUS") {
      scanner.space();
      items = parseStatusItems(scanner);
    } else if (!["SUBSCRIBED", "CHILDREN", "SPECIAL-USE"].includes(option))
      throw imapBad("This return option is unknown");
  });
  return { items };
}

/** Folders by their names, in order, INBOX first. */
async function foldersFor(session: ImapSession): Promise<readonly MailFolderInfo[]> {
  const order = ({ name }: MailFolderInfo): string => (name === "INBOX" ? "" : name);
  return [...(await session.account.folders())].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function isListed(folder: MailFolderInfo, folders: readonly MailFolderInfo[], parsed: ListArguments): boolean {
  const { reference, patterns, selection } = parsed;
  if (!patterns.some((pattern) => matchesMailboxPattern(folder.name, reference + pattern))) return false;
  if (selection.has("SPECIAL-USE") && folder.use === undefined) return false;
  if (folder.isMissing === true && !selection.has("SUBSCRIBED")) return false;
  if (!selection.has("SUBSCRIBED") || folder.subscribed) return true;
  return selection.has("RECURSIVEMATCH") && hasSubscribedBelow(folder, folders);
}

function hasSubscribedBelow({ name }: MailFolderInfo, folders: readonly MailFolderInfo[]): boolean {
  return folders.some((other) => other.subscribed && other.name.startsWith(`${name}/`));
}

/** RFC 5258 §3.1: what below it was searched for. */
function childInfo(folder: MailFolderInfo, folders: readonly MailFolderInfo[], { selection }: ListArguments): string {
  const isTold = selection.has("RECURSIVEMATCH") && hasSubscribedBelow(folder, folders);
  return isTold ? ' ("CHILDINFO" ("SUBSCRIBED"))' : "";
}

function attributesOf(
  { name, selectable, subscribed, use, isMissing = false }: MailFolderInfo,
  folders: readonly MailFolderInfo[],
): readonly string[] {
  const hasChildren = folders.some((other) => other.isMissing !== true && other.name.startsWith(`${name}/`));
  if (isMissing) return ["\\NonExistent", "\\Subscribed"]; // RFC 9051 §7.3.1
  return [
    hasChildren ? "\\HasChildren" : "\\HasNoChildren",
    ...(selectable ? [] : ["\\Noselect"]),
    ...(subscribed ? ["\\Subscribed"] : []),
    ...(use === undefined ? [] : [`\\${use[0]!.toUpperCase()}${use.slice(1)}`]),
  ];
}

/** The command as clients send it. */
export function formatList(
  pattern: string,
  options: {
    readonly status?: readonly ImapStatusItem[] | undefined;
    readonly subscribed?: boolean | undefined;
    readonly isUtf8: boolean;
    readonly isExtended: boolean;
  },
): readonly ImapPiece[] {
  const { status, subscribed, isUtf8, isExtended } = options;
  const selection = subscribed === true && isExtended ? "(SUBSCRIBED) " : "";
  const wanted = status !== undefined && isExtended ? ` RETURN (STATUS (${status.join(" ")}))` : "";
  return [
    `${subscribed === true && !isExtended ? "LSUB" : "LIST"} ${selection}"" `,
    mailboxPiece(pattern, isUtf8),
    wanted,
  ];
}
