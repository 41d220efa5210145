import { quote, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import { preparePassword, prepareUserName } from "../names.ts";
import { RecordsChecker } from "../users/records-checker.ts";
import type { UserRecord } from "../users/user-record.ts";

/** What a user in memory has besides a name. */
export interface MemoryUser {
  readonly password: string;
  readonly groups?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** In base32: then a code must follow the password. */
  readonly totp?: string | undefined;
}

/** What {@link memoryUsers} takes besides the users. */
export interface MemoryUsersOptions {
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
}

/**
 * Users in the program itself, with their passwords in clear: for tests, examples and a single user. Every mechanism works
 * with them.
 *
 * ```ts no-run
 * const users = memoryUsers({ alice: "secret", bob: { password: "hidden", groups: ["staff"] } });
 * ```
 * @throws {RangeError} for what is no name or no password
 */
export function memoryUsers(
  users: Readonly<Record<string, string | MemoryUser>>,
  { reactor = nodeReactor }: MemoryUsersOptions = {},
): Checker {
  const records = new Map(Object.entries(users).map(([name, user]) => memoryRecord(name, user)));
  return new RecordsChecker(
    {
      kinds: ["password", "proven", "code"],
      secrets: ["plain", "scram", "digest"],
      find: async (name) => records.get(name),
    },
    { reactor },
  );
}

function memoryRecord(text: string, given: string | MemoryUser): readonly [string, UserRecord] {
  const user: MemoryUser = typeof given === "string" ? { password: given } : given;
  const { password, groups = [], attributes = {}, totp } = user;
  const [name, plain] = [prepareUserName(text), preparePassword(password)];
  if (name === undefined) throw new RangeError(`Cannot make a user ${quote(text)}: that is no user name`);
  if (plain === undefined) throw new RangeError(`Cannot make the user ${quote(name)}: that is no password`);
  return [name, { name, plain, groups, attributes, totp }];
}
