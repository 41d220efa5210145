import type { Cancellable, Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import type { PasswordHasher } from "../hashing/password-hasher.ts";
import { parseDigestSecret } from "../users/digest-secret.ts";
import { type RecordSource, RecordsChecker } from "../users/records-checker.ts";
import { parseScramSecret } from "../users/scram-secret.ts";
import type { AppPassword, UserRecord } from "../users/user-record.ts";

/** A user as a table keeps one. Texts are spelt as in a users file; absent and `null` mean the same. */
export interface SqlUserRow {
  readonly name: string;
  /** `$scrypt$…`, or what htpasswd and crypt(3) make. */
  readonly password?: string | null | undefined;
  readonly locked?: boolean | null | undefined;
  readonly groups?: readonly string[] | null | undefined;
  readonly attributes?: Readonly<Record<string, string>> | null | undefined;
  readonly totp?: string | null | undefined;
  /** `SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY`, one for each mechanism. */
  readonly scram?: readonly string[] | null | undefined;
  /** `SHA-256:HASH:REALM`. */
  readonly digest?: readonly string[] | null | undefined;
  readonly appPasswords?: readonly AppPassword[] | null | undefined;
}

/** Where rows come from: what a database package has to fill. */
export interface SqlUserSource {
  /** The row of exactly this name: a collation that takes `Alice` for `alice` must not be used. */
  findUser(name: string, options: Cancellable): Promise<SqlUserRow | undefined>;
}

/** What {@link sqlUsers} takes besides the source. */
export interface SqlUsersOptions {
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** Default: the one that all checkers of the reactor share. */
  readonly hasher?: PasswordHasher | undefined;
}

/** The users of a database. A row with something unreadable in it is `temporary`: it is not the user's fault. */
export function sqlUsers(source: SqlUserSource, { reactor = nodeReactor, hasher }: SqlUsersOptions = {}): Checker {
  const records: RecordSource = {
    kinds: ["password", "proven", "code"],
    secrets: ["scram", "digest"],
    find: async (name, options) => {
      const row = await source.findUser(name, options);
      return row?.name === name ? rowRecord(row) : undefined;
    },
    decoy: () => undefined,
  };
  return new RecordsChecker(records, { reactor, hasher });
}

function rowRecord(row: SqlUserRow): UserRecord {
  return {
    name: row.name,
    password: row.password ?? undefined,
    locked: row.locked ?? false,
    groups: row.groups ?? [],
    attributes: row.attributes ?? {},
    totp: row.totp ?? undefined,
    scram: (row.scram ?? []).map((text) => readable("SCRAM", parseScramSecret(text))),
    digest: (row.digest ?? []).map((text) => readable("Digest", parseDigestSecret(text))),
    appPasswords: row.appPasswords ?? [],
  };
}

function readable<Value>(what: string, value: Value | undefined): Value {
  if (value === undefined) throw new RangeError(`Cannot read a ${what} secret of the database`);
  return value;
}
