import { type Reactor, reportFault } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import type { PasswordHasher } from "../hashing/password-hasher.ts";
import type { UserFileError } from "../users/errors.ts";
import { type RecordSource, RecordsChecker } from "../users/records-checker.ts";
import { UsersText } from "../users/users-text.ts";
import { WatchedFile } from "../users/watched-file.ts";

/** What every checker of a file takes. */
export interface FileUsersOptions {
  /** Whose files. Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** Default: the one that all checkers of the reactor share. */
  readonly hasher?: PasswordHasher | undefined;
}

/**
 * The users of a users file, which `hawser user` and {@link addUser} write; its README describes the format. It is read
 * again when it has changed.
 */
export function usersFile(path: string, { reactor = nodeReactor, hasher }: FileUsersOptions = {}): Checker {
  const tell = (problem: UserFileError): void => reportFault(problem, `users of ${path}`);
  const file = new WatchedFile(reactor, path, (text) => new UsersText(text, tell));
  let latest: UsersText | undefined;
  const source: RecordSource = {
    kinds: ["password", "proven", "code", "certificate"],
    secrets: ["scram", "digest"],
    find: async (name) => {
      latest = await file.read();
      return latest.find(name);
    },
    findByCertificate: async (fingerprint) => (await file.read()).findByCertificate(fingerprint),
    decoy: (number) => latest?.decoy(number),
    problems: () => file.problems(),
  };
  return new RecordsChecker(source, { reactor, hasher });
}
