/**
 * One login for every protocol (DESIGN §3.5): a protocol turns what its peer sent into credentials, a checker says who
 * that is, a realm gives what the protocol asked for.
 *
 * @packageDocumentation
 */

export { type AuthorizedKey, parseAuthorizedKey } from "./authorized-keys/key-line.ts";
export { type AuthorizedKeyOptions, formatKeyOptions, readKeyOptions } from "./authorized-keys/key-options.ts";
export { type BearerKeySource, BearerKeysError } from "./bearer/keys.ts";
export * from "./checkers/anonymous.ts";
export * from "./checkers/authorized-keys.ts";
export * from "./checkers/htpasswd.ts";
export * from "./checkers/jwt.ts";
export * from "./checkers/ldap.ts";
export * from "./checkers/memory.ts";
export * from "./checkers/sql.ts";
export * from "./checkers/twisted-file.ts";
export * from "./checkers/users-file.ts";
export type * from "./credentials.ts";
export * from "./errors.ts";
export * from "./hashing/errors.ts";
export {
  type HashingOptions,
  PasswordHasher,
  type PasswordHasherOptions,
  passwordHasher,
} from "./hashing/password-hasher.ts";
export { type ScryptCost, scryptCostDefault } from "./hashing/scrypt.ts";
export { escapeLdapDn, escapeLdapFilter } from "./ldap/escape.ts";
export type { LoginEvent } from "./login/login-events.ts";
export { loginWith, type PortalOptions, portal } from "./login/make-portal.ts";
export * from "./login/realms.ts";
export * from "./names.ts";
export { MissingPackageError } from "./optional-package.ts";
export * from "./portal.ts";
export { CheckerError, type CheckerErrorCode, type CheckerSpan } from "./spelling/checker-error.ts";
export type { CheckerText } from "./spelling/checker-text.ts";
export type { CheckerKind } from "./spelling/kinds.ts";
export * from "./spelling/parse-checker.ts";
export { portalOf } from "./spelling/portal-of.ts";
export * from "./throttle/store.ts";
export * from "./throttle/throttle.ts";
export { makeTotpSecret, type TotpOptions, totpCode, totpStep, totpStepMs, totpUri } from "./totp/totp.ts";
export type { FileChangeOptions } from "./users/change-file.ts";
export { formatDigestSecret, makeDigestSecret } from "./users/digest-secret.ts";
export * from "./users/edit.ts";
export { UserFileError, type UserFileErrorCode } from "./users/errors.ts";
export { makePassword } from "./users/new-password.ts";
export { formatScramSecret, parseScramSecret } from "./users/scram-secret.ts";
export type { AppPassword, UserRecord } from "./users/user-record.ts";
