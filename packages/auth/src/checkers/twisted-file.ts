import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import { preparePassword, prepareUserName } from "../names.ts";
import { RecordsChecker } from "../users/records-checker.ts";
import type { UserRecord } from "../users/user-record.ts";
import { type WatchedContent, WatchedFile } from "../users/watched-file.ts";
import type { FileUsersOptions } from "./users-file.ts";

/** How the lines of a {@link twistedUsers} file read; the defaults are Twisted's. */
export interface TwistedUsersOptions extends Omit<FileUsersOptions, "hasher"> {
  /** What stands between the fields. Default `:`. */
  readonly delimiter?: string | undefined;
  /** Which field is the name, from 0. Default 0. */
  readonly userField?: number | undefined;
  /** Which field is the password, from 0. Default 1. */
  readonly passwordField?: number | undefined;
  /** Whether `Alice` and `alice` are two users. Default true. */
  readonly caseSensitive?: boolean | undefined;
}

/**
 * The users of a file that Twisted's `FilePasswordDB` reads, unchanged: `user:password` lines with passwords in clear, so
 * that every mechanism works with them. It is read again when it has changed. For new files take {@link usersFile}.
 */
export function twistedUsers(path: string, options: TwistedUsersOptions = {}): Checker {
  const { reactor = nodeReactor, caseSensitive = true } = options;
  const file = new WatchedFile(reactor, path, (text) => parseTwisted(text, options));
  return new RecordsChecker(
    {
      kinds: ["password", "proven"],
      secrets: ["plain", "scram", "digest"],
      find: async (name) => (await file.read()).users.get(caseSensitive ? name : name.toLowerCase()),
      problems: () => file.problems(),
    },
    { reactor },
  );
}

interface TwistedFile extends WatchedContent {
  readonly users: ReadonlyMap<string, UserRecord>;
}

/** As there: white space at the end of a line is none of it, lines with too few fields are passed over, the first of a name counts. */
function parseTwisted(text: string, options: TwistedUsersOptions): TwistedFile {
  const { delimiter = ":", userField = 0, passwordField = 1, caseSensitive = true } = options;
  const users = new Map<string, UserRecord>();
  for (const line of text.split("\n")) {
    const fields = line.replace(/[ \t\r\v\f]+$/, "").split(delimiter);
    const [user, password] = [prepareUserName(fields[userField] ?? ""), preparePassword(fields[passwordField] ?? "")];
    if (user === undefined || password === undefined) continue;
    const name = caseSensitive ? user : user.toLowerCase();
    if (!users.has(name)) users.set(name, { name, plain: password, groups: [], attributes: {} });
  }
  return { users, problems: [] };
}
