import type { DigestSecret, ScramSecret, User } from "../credentials.ts";

/** A password made by us for one program, under a name by which the user can take it back. */
export interface AppPassword {
  readonly name: string;
  /** As {@link makeAppPassword} spells it. */
  readonly hash: string;
}

/** What a user database keeps about one user. */
export interface UserRecord extends User {
  /** `$scrypt$…`, or what htpasswd and crypt(3) make. Absent: no password will do. */
  readonly password?: string | undefined;
  /** The password itself, in databases that keep it so. */
  readonly plain?: string | undefined;
  /** Nobody gets in as this user, by any way. */
  readonly locked?: boolean | undefined;
  readonly scram?: readonly ScramSecret[] | undefined;
  readonly digest?: readonly DigestSecret[] | undefined;
  /** In base32. With it a password is half of a login; a code must follow. */
  readonly totp?: string | undefined;
  readonly appPasswords?: readonly AppPassword[] | undefined;
  /** SHA-256 of the certificates in DER that stand for this user, in lower-case hex. */
  readonly certificates?: readonly string[] | undefined;
}

/** What applications learn of a record. */
export function userOf({ name, groups, attributes }: UserRecord): User {
  return { name, groups, attributes };
}
