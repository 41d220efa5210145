import type { Address, Cancellable, Security } from "@hawser/core";

/** Who says so, and where: what a protocol knows about the peer that logs in. Checkers and the throttle look at it. */
export interface LoginContext {
  /** The protocol, as the log shall name it: `http`, `imap`, `ssh`. */
  readonly protocol: string;
  /** Where the peer is. `undefined`: nobody knows, as behind a pipe; the throttle then counts by account alone. */
  readonly peer: Address | undefined;
  /** TLS of the connection, where there is any. */
  readonly security?: Security | undefined;
  /** Ends the wait of whoever logs in. */
  readonly signal?: AbortSignal | undefined;
}

/** A name and a password, in clear: PLAIN, LOGIN, Basic, USER and PASS. */
export interface PasswordCredentials {
  readonly kind: "password";
  readonly user: string;
  readonly password: string;
}

/** Nobody in particular. `trace` is what the peer calls itself (RFC 4505 §2): never an identity, only a word for the log. */
export interface AnonymousCredentials {
  readonly kind: "anonymous";
  readonly trace: string | undefined;
}

/** A certificate that TLS has verified already; `user` is the identity the peer wishes for, if any (EXTERNAL). */
export interface CertificateCredentials {
  readonly kind: "certificate";
  /** In DER. */
  readonly certificate: Uint8Array;
  readonly user: string | undefined;
}

/** A token that somebody else has issued: OAUTHBEARER, XOAUTH2, `Authorization: Bearer`. */
export interface BearerCredentials {
  readonly kind: "bearer";
  readonly token: string;
  /** Who the peer says the token is for; the token must agree. */
  readonly user: string | undefined;
}

/**
 * A public key. Without `proven` the peer only asks whether a login with this key would do (RFC 4252 §7); with it, the
 * protocol has verified a signature made with the key.
 */
export interface PublicKeyCredentials {
  readonly kind: "public-key";
  readonly user: string;
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string;
  /** The key as SSH writes it on the wire. */
  readonly key: Uint8Array;
  readonly proven: boolean;
}

/**
 * A proof of a shared secret that a mechanism has verified already: SCRAM, Digest, CRAM-MD5. The mechanism had the secret
 * from `source`, the very checker that must now say who this is.
 */
export interface ProvenCredentials {
  readonly kind: "proven";
  readonly user: string;
  /** The mechanism, as registered: `SCRAM-SHA-256`. */
  readonly mechanism: string;
  readonly source: Checker;
}

/** A code that is valid for a moment (RFC 6238), as a second step. */
export interface CodeCredentials {
  readonly kind: "code";
  readonly user: string;
  readonly code: string;
}

/** What a peer has shown of itself. A protocol makes these; a {@link Checker} judges them. */
export type Credentials =
  | PasswordCredentials
  | AnonymousCredentials
  | CertificateCredentials
  | BearerCredentials
  | PublicKeyCredentials
  | ProvenCredentials
  | CodeCredentials;

/** What sorts of credentials there are. */
export type CredentialsKind = Credentials["kind"];

/** Somebody whom a checker knows: Twisted's avatar id, with what the user database says about it. */
export interface User {
  /** Unique in its database, and already prepared: compare it as it is. Empty for an anonymous user. */
  readonly name: string;
  readonly groups: readonly string[];
  /** What else the database says (a mail address, a home folder). Never a secret. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The hash functions of SCRAM (RFC 5802, RFC 7677). */
export type ScramHash = "sha1" | "sha256" | "sha512";

/** What a server keeps for SCRAM instead of a password (RFC 5802 §3). */
export interface ScramSecret {
  readonly kind: "scram";
  readonly hash: ScramHash;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** A password in clear, which only a database that keeps it so can give: for CRAM-MD5, APOP and DIGEST-MD5. */
export interface PlainSecret {
  readonly kind: "plain";
  readonly password: string;
}

/** `H(user:realm:password)` of HTTP Digest and DIGEST-MD5, in lower-case hex (RFC 7616 §3.4.2). */
export interface DigestSecret {
  readonly kind: "digest";
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly hash: string;
}

/** The algorithms of HTTP Digest (RFC 7616 §6.1). */
export type DigestAlgorithm = "MD5" | "SHA-256" | "SHA-512-256";

/** A secret that a mechanism needs before it can verify a proof. */
export type Secret = ScramSecret | PlainSecret | DigestSecret;

/** Which secret is asked for. */
export type SecretRequest =
  | { readonly kind: "scram"; readonly hash: ScramHash }
  | { readonly kind: "plain" }
  | { readonly kind: "digest"; readonly algorithm: DigestAlgorithm; readonly realm: string };

/**
 * What a checker says.
 *
 * - `accepted`: it is this user.
 * - `partial`: right so far; one of these further steps must follow (a code after a password).
 * - `rejected`: it knows the user, and this is not the user's password. No other checker is asked about somebody it knows.
 * - `unknown`: it does not know the user; the next checker may.
 *
 * A code alone never makes a login: that a checker accepts one means that this second step is right. A public key that is
 * not `proven` is at most `partial`, with `public-key` as the next step.
 */
export type Verdict =
  | { readonly type: "accepted"; readonly user: User }
  | { readonly type: "partial"; readonly user: User; readonly next: readonly CredentialsKind[] }
  | { readonly type: "rejected" }
  | { readonly type: "unknown" };

/**
 * A user database, or whatever else can tell who somebody is (Twisted's ICredentialsChecker). It takes the same time for
 * a user that it does not know as for one that it does.
 */
export interface Checker {
  /** The kinds it can judge; others are never shown to it. */
  readonly kinds: readonly CredentialsKind[];
  /** Rejects only when it cannot tell, as when a directory server is down: that is never taken for a wrong password. */
  check(credentials: Credentials, context: LoginContext): Promise<Verdict>;
  /**
   * The secret a mechanism needs to verify a proof; `undefined` when the user is unknown or has none of this kind. Absent:
   * this database has no such secrets, and the mechanisms that need them are not offered for it.
   */
  secret?(user: string, request: SecretRequest, context: LoginContext): Promise<Secret | undefined>;
  /** Which secrets {@link secret} could give to somebody. */
  readonly secrets?: readonly SecretRequest["kind"][] | undefined;
  /**
   * Takes as long as {@link check} would for somebody it does not know. The portal calls it after another checker has
   * rejected the credentials, so that time does not tell which database knows a name.
   */
  stall?(credentials: Credentials, context: LoginContext): Promise<void>;
  /**
   * Whether it knows somebody of that name, locked out or not: mail comes for people who do not log in. For programs alone, never
   * for a peer that asks. Absent: it cannot tell without a login.
   */
  knows?(user: string, options?: Cancellable): Promise<boolean>;
  /**
   * What is wrong with it, as far as it can tell without a login: a file that is missing, a line that cannot be read, a
   * package that is not installed. Nobody is kept out for it but those it concerns.
   */
  problems?(): Promise<readonly Error[]>;
  /** Lets go of files, connections and timers. */
  close?(): Promise<void>;
}
