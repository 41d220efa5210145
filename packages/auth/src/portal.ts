import type { Reactor } from "@hawser/core";
import type {
  Checker,
  Credentials,
  CredentialsKind,
  LoginContext,
  Secret,
  SecretRequest,
  User,
} from "./credentials.ts";

/**
 * What a protocol asks for when somebody logs in: a mailbox, a file tree, a shell, and the type that goes with it. Made
 * once by the package that defines the type, as `export const imapAccounts = avatarType<ImapAccount>("imap")`.
 */
export interface AvatarType<Avatar> {
  readonly name: string;
  /** Never there: carries the type. */
  readonly avatar?: Avatar;
}

/** Names an interface that protocols ask a {@link Portal} for. */
export function avatarType<Avatar>(name: string): AvatarType<Avatar> {
  return Object.freeze({ name });
}

/** The avatar of protocols that only need to know who somebody is. Every portal gives it, with or without a realm. */
export const userAvatar: AvatarType<User> = avatarType<User>("user");

/** What a user is to one protocol, and how to let go of it. */
export interface AvatarGrant<Avatar> {
  readonly avatar: Avatar;
  /** Called once, when the user has left. */
  readonly logout?: (() => void | Promise<void>) | undefined;
}

/** Turns users into avatars (Twisted's IRealm). `undefined`: this realm has no such avatars, or not for this user. */
export interface Realm {
  avatar<Avatar>(
    user: User,
    wanted: AvatarType<Avatar>,
    context: LoginContext,
  ): AvatarGrant<Avatar> | undefined | Promise<AvatarGrant<Avatar> | undefined>;
}

/** Somebody who is logged in. */
export interface Login<Avatar> extends AsyncDisposable {
  readonly user: User;
  readonly avatar: Avatar;
  /** Lets go of the avatar. Runs once, however often it is called; all callers wait for the end. */
  logout(): Promise<void>;
}

/** What has become of one step of a login. */
export type LoginStep<Avatar> =
  | { readonly type: "complete"; readonly login: Login<Avatar> }
  | { readonly type: "partial"; readonly user: User; readonly next: readonly CredentialsKind[] };

/** A login of one or several steps, by one peer, for one avatar (RFC 4252 §5.1's partial success). */
export interface LoginAttempt<Avatar> {
  /** Shows credentials. After `partial`, only the kinds in `next` for the same user lead on. @throws {LoginError} */
  present(credentials: Credentials): Promise<LoginStep<Avatar>>;
}

/** A secret, and the checker that knows it. */
export interface FoundSecret {
  readonly secret: Secret;
  readonly source: Checker;
}

/**
 * The one door (Twisted's Portal): checkers in a row say who somebody is, realms say what that is to a protocol, a throttle
 * stands before both.
 */
export interface Portal {
  /** Of the kinds of credentials, those that at least one checker judges: what a protocol may offer. */
  readonly kinds: ReadonlySet<CredentialsKind>;
  /** Of the kinds of secrets, those that at least one checker may have. */
  readonly secrets: ReadonlySet<SecretRequest["kind"]>;
  readonly reactor: Reactor;
  /** One step is enough, or the login is refused as `incomplete`. @throws {LoginError} */
  login<Avatar>(credentials: Credentials, wanted: AvatarType<Avatar>, context: LoginContext): Promise<Login<Avatar>>;
  /** For protocols that know several steps. */
  attempt<Avatar>(wanted: AvatarType<Avatar>, context: LoginContext): LoginAttempt<Avatar>;
  /**
   * The secret of a mechanism that proves one; waits as the throttle says. `undefined`: there is none. The mechanism then
   * goes on with a false one, so that the peer does not learn it, and ends with {@link reject}. Counts as a failure until
   * {@link login} with the proof takes that back: give both the same context object. @throws {LoginError}
   */
  secret(user: string, request: SecretRequest, context: LoginContext): Promise<FoundSecret | undefined>;
  /** A proof was wrong: counted by the throttle as a wrong password is. `secret` may have been asked any time before. */
  reject(user: string, context: LoginContext): Promise<void>;
  /** Closes the checkers. */
  close(): Promise<void>;
}
