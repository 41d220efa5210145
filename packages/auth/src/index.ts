/**
 * One login for every protocol (DESIGN §3.5): a protocol turns what its peer sent into credentials, a checker says who
 * that is, a realm gives what the protocol asked for.
 *
 * @packageDocumentation
 */
export type * from "./credentials.ts";
export * from "./errors.ts";
export * from "./hashing/errors.ts";
export { PasswordHasher, type PasswordHasherOptions, passwordHasher } from "./hashing/password-hasher.ts";
export { type ScryptCost, scryptCostDefault } from "./hashing/scrypt.ts";
export type { LoginEvent } from "./login/login-events.ts";
export { loginWith, type PortalOptions, portal } from "./login/make-portal.ts";
export * from "./login/realms.ts";
export * from "./names.ts";
export * from "./portal.ts";
export * from "./throttle/store.ts";
export * from "./throttle/throttle.ts";
export { makeTotpSecret, type TotpOptions, totpCode, totpStep, totpStepMs, totpUri } from "./totp/totp.ts";
export { formatDigestSecret, makeDigestSecret } from "./users/digest-secret.ts";
export { formatScramSecret, makeScramSecret, parseScramSecret } from "./users/scram-secret.ts";
export type { AppPassword, UserRecord } from "./users/user-record.ts";
