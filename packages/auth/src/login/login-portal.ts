import type { Reactor } from "@hawser/core";
import type { Checker, Credentials, CredentialsKind, LoginContext, SecretRequest, User } from "../credentials.ts";
import { LoginError } from "../errors.ts";
import { prepareUserName } from "../names.ts";
import {
  type AvatarGrant,
  type AvatarType,
  type FoundSecret,
  type Login,
  type LoginAttempt,
  type Portal,
  type Realm,
  userAvatar,
} from "../portal.ts";
import type { LoginThrottle, LoginTry, ThrottleTicket } from "../throttle/throttle.ts";
import { CheckerRow, type Judgement } from "./checker-row.ts";
import { grantLogin } from "./grant-login.ts";
import { claimedUser, publishLogin } from "./login-events.ts";
import { type RightStep, SteppedAttempt } from "./stepped-attempt.ts";

/** What a {@link LoginPortal} is made of. */
export interface LoginPortalParts {
  readonly reactor: Reactor;
  readonly checkers: readonly Checker[];
  readonly realm: Realm;
  readonly throttle: LoginThrottle | undefined;
  readonly checkTimeoutMs: number;
}

/** The portal: asks the throttle, then the checkers, then the realm. */
export class LoginPortal implements Portal {
  readonly kinds: ReadonlySet<CredentialsKind>;
  readonly secrets: ReadonlySet<SecretRequest["kind"]>;
  readonly reactor: Reactor;
  readonly #checkers: readonly Checker[];
  readonly #row: CheckerRow;
  readonly #realm: Realm;
  readonly #throttle: LoginThrottle | undefined;
  /** The tickets of proofs that were begun, by the protocol's context and the account. */
  readonly #begun = new WeakMap<LoginContext, Map<string | undefined, ThrottleTicket>>();

  constructor({ reactor, checkers, realm, throttle, checkTimeoutMs }: LoginPortalParts) {
    this.kinds = new Set(checkers.flatMap(({ kinds }) => kinds));
    this.secrets = new Set(checkers.flatMap(({ secret, secrets }) => (secret === undefined ? [] : (secrets ?? []))));
    this.reactor = reactor;
    this.#checkers = checkers;
    this.#row = new CheckerRow(checkers, reactor.clock, checkTimeoutMs);
    this.#realm = realm;
    this.#throttle = throttle;
  }

  async login<Avatar>(
    credentials: Credentials,
    wanted: AvatarType<Avatar>,
    context: LoginContext,
  ): Promise<Login<Avatar>> {
    const step = await this.attempt(wanted, context).present(credentials);
    if (step.type === "complete") return step.login;
    throw new LoginError("incomplete", `Cannot log in with one step: ${step.next.join(" or ")} must follow`);
  }

  attempt<Avatar>(wanted: AvatarType<Avatar>, context: LoginContext): LoginAttempt<Avatar> {
    return new SteppedAttempt({
      judge: (credentials, only) => this.#judge(credentials, context, only),
      grant: (user) => this.#grant(user, wanted, context),
    });
  }

  async secret(user: string, request: SecretRequest, context: LoginContext): Promise<FoundSecret | undefined> {
    const account = prepareUserName(user);
    const ticket = await this.#throttle?.admit({ peer: context.peer, account }, context);
    if (ticket !== undefined) await this.#holdAgainst(ticket, account, context);
    return account === undefined ? undefined : this.#row.secret(account, request, context);
  }

  async reject(user: string, context: LoginContext): Promise<void> {
    const account = prepareUserName(user);
    const wasCounted = this.#takeBegun(account, context) !== undefined;
    if (!wasCounted) await this.#throttle?.failed({ peer: context.peer, account });
    context.signal?.throwIfAborted();
  }

  async close(): Promise<void> {
    await Promise.all(this.#checkers.map((checker) => checker.close?.()));
  }

  /** A proof that was begun counts as wrong until it is right: so a thousand begun side by side count a thousand times. */
  async #holdAgainst(ticket: ThrottleTicket, account: string | undefined, context: LoginContext): Promise<void> {
    const tickets = this.#begun.get(context) ?? new Map<string | undefined, ThrottleTicket>();
    this.#begun.set(context, tickets.set(account, ticket));
    await ticket.fail();
  }

  #takeBegun(account: string | undefined, context: LoginContext): ThrottleTicket | undefined {
    const tickets = this.#begun.get(context);
    const ticket = tickets?.get(account);
    tickets?.delete(account);
    return ticket;
  }

  async #judge(credentials: Credentials, context: LoginContext, only: Checker | undefined): Promise<RightStep> {
    try {
      const ticket = await this.#admit(credentials, context);
      const step = await this.#judgeAdmitted(credentials, context, only, ticket);
      publishLogin(credentials, context, step.verdict.type, step.verdict.user.name);
      return step;
    } catch (error) {
      if (error instanceof LoginError) publishLogin(credentials, context, error.code);
      throw error;
    }
  }

  /** Only what can be guessed is slowed down; nobody guesses a key, a signed token or a certificate. */
  async #admit(credentials: Credentials, context: LoginContext): Promise<ThrottleTicket | undefined> {
    const account = prepareUserName(claimedUser(credentials) ?? "");
    if (credentials.kind === "proven") return this.#takeBegun(account, context);
    if (credentials.kind !== "password" && credentials.kind !== "code") return undefined;
    const secret = credentials.kind === "password" ? credentials.password : undefined;
    return this.#throttle?.admit({ peer: context.peer, account, secret } satisfies LoginTry, context);
  }

  async #judgeAdmitted(
    credentials: Credentials,
    context: LoginContext,
    only: Checker | undefined,
    ticket: ThrottleTicket | undefined,
  ): Promise<RightStep> {
    try {
      const judges = this.#row.judges(credentials).filter((checker) => only === undefined || checker === only);
      if (judges.length === 0)
        throw new LoginError("unsupported", `Cannot log in with ${credentials.kind}: nobody judges it`);
      const { verdict, checker } = (await this.#row.judge(judges, credentials, context)) ?? unknown(judges);
      if (verdict.type === "accepted") await ticket?.succeed();
      if (verdict.type !== "rejected") return { verdict, checker };
      await ticket?.fail();
      throw new LoginError("bad-credentials", "Cannot log in: unknown user or wrong password");
    } finally {
      ticket?.withdraw();
    }
  }

  async #grant<Avatar>(user: User, wanted: AvatarType<Avatar>, context: LoginContext): Promise<Login<Avatar>> {
    const grant = await this.#avatarOf(user, wanted, context);
    if (grant === undefined)
      throw new LoginError("no-avatar", `Cannot log in: this user has nothing of the kind "${wanted.name}"`);
    const login = grantLogin(user, grant);
    if (context.signal?.aborted) await login.logout();
    context.signal?.throwIfAborted();
    return login;
  }

  async #avatarOf<Avatar>(
    user: User,
    wanted: AvatarType<Avatar>,
    context: LoginContext,
  ): Promise<AvatarGrant<Avatar> | undefined> {
    if ((wanted as AvatarType<unknown>) === userAvatar) return { avatar: user as Avatar };
    try {
      return await this.#realm.avatar(user, wanted, context);
    } catch (cause) {
      if (cause instanceof LoginError || context.signal?.aborted) throw cause;
      const message = `Cannot log in now: what this user has of the kind "${wanted.name}" cannot be had`;
      throw new LoginError("temporary", message, { cause });
    }
  }
}

/** Nobody knows the user: the same to the peer as a wrong password. */
function unknown(judges: readonly Checker[]): Judgement {
  return { verdict: { type: "rejected" }, checker: judges[0]! };
}
