import { quote } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import { passwordHashFault } from "../hashing/schemes.ts";
import { prepareUserName } from "../names.ts";
import type { UserFileError } from "../users/errors.ts";
import { RecordsChecker } from "../users/records-checker.ts";
import type { UserRecord } from "../users/user-record.ts";
import { badLine, duplicate } from "../users/users-text.ts";
import { type WatchedContent, WatchedFile } from "../users/watched-file.ts";
import type { FileUsersOptions } from "./users-file.ts";

/**
 * The users of a file that Apache's `htpasswd` writes: bcrypt (`-B`, with the package bcryptjs or @node-rs/bcrypt), SHA-crypt
 * (`-2`, `-5`), apr1 (`-m`), `{SHA}` (`-s`) and `{SSHA}`. Users whose password is hashed with DES (`-d`) or kept in clear
 * (`-p`) are locked out, and told of as problems. It is read again when it has changed.
 */
export function htpasswdUsers(path: string, { reactor = nodeReactor, hasher }: FileUsersOptions = {}): Checker {
  const file = new WatchedFile(reactor, path, parseHtpasswd);
  let hashes: readonly string[] = [];
  return new RecordsChecker(
    {
      kinds: ["password"],
      secrets: [],
      find: async (name) => {
        const content = await file.read();
        hashes = content.hashes;
        return content.users.get(name);
      },
      decoy: (number) => hashes[number % hashes.length],
      problems: () => file.problems(),
    },
    { reactor, hasher },
  );
}

interface Htpasswd extends WatchedContent {
  readonly users: ReadonlyMap<string, UserRecord>;
  readonly hashes: readonly string[];
}

function parseHtpasswd(text: string): Htpasswd {
  const users = new Map<string, UserRecord>();
  const problems: UserFileError[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [name = "", hash = ""] = line.split(":");
    const fault =
      prepareUserName(name) === name ? passwordHashFault(hash) : new RangeError(`${quote(name)} is no user name`);
    if (fault !== undefined) problems.push(badLine(at + 1, fault));
    if (users.has(name)) problems.push(duplicate(name, at + 1));
    else
      users.set(name, {
        name,
        groups: [],
        attributes: {},
        password: fault === undefined ? hash : undefined,
        locked: fault !== undefined,
      });
  }
  return { users, problems, hashes: [...users.values()].flatMap(({ password = [] }) => password) };
}
