import {
  type Checker,
  CheckerError,
  type Credentials,
  type Portal,
  parseChecker,
  portal,
  realm,
  type User,
  type Verdict,
} from "@hawser/auth";
import { type Reactor, UsageError } from "@hawser/core";
import { mailAccounts } from "../store/accounts.ts";
import type { MailAccount } from "../store/store.ts";

/** The users of the domains of one server. */
export interface MailUsers {
  /** Gives everybody's mail to IMAP and POP3, and tells SMTP who somebody is: by whole addresses, in lower case. */
  readonly portal: Portal;
  /** Whether somebody has this address for a login: `alice@example.org`. */
  has(address: string): Promise<boolean>;
}

/** What users are looked up for. */
export interface MailUsersContext {
  readonly reactor: Reactor;
  /** In lower case. To the first belong users whose names have no domain, as in a database that others share. */
  readonly domains: readonly string[];
  /** The mail of a user by the whole address. */
  account(address: string): Promise<MailAccount>;
  /**
   * Offers SCRAM though a database may lack the secrets of some users: programs prefer it, and those users could not log in.
   * Default: only where passwords are kept in clear, so that everybody has every secret.
   */
  readonly offersScram?: boolean | undefined;
  /** Whether there is a mailbox on the disk: counts for databases that cannot tell who is in them, as LDAP. */
  hasMailbox(address: string): Promise<boolean>;
}

/**
 * Joins user databases, spelt as for `--auth`, with mailboxes. Nobody gets in without a name, nor with an address of a domain
 * that is none of ours.
 * @throws {UsageError} for a database that there is not, or that knows nobody by a name
 */
export function mailUsers(databases: readonly string[], context: MailUsersContext): MailUsers {
  const { reactor } = context;
  const databaseCheckers = databases.map((text) => checkerOf(text, reactor));
  const checkers = databaseCheckers.map((checker) => domainChecker(checker, context));
  if (checkers.length === 0 || checkers.every(({ kinds }) => kinds.length === 0))
    throw new UsageError("nobody could log in: add --auth, such as file:users");
  const mail = realm(mailAccounts, ({ name }) => context.account(name), { logout: () => {} });
  return {
    portal: portal({ checkers, realms: [mail], reactor }),
    has: async (address) => {
      for (const checker of checkers) if (await checker.knows?.(address)) return true;
      return checkers.some(({ knows }) => knows === undefined) && context.hasMailbox(address);
    },
  };
}

/** Looks whether a user database can be read. @throws {UsageError} with the first of its problems */
export async function requireUsers(text: string, reactor: Reactor): Promise<void> {
  const checker = checkerOf(text, reactor);
  const [problem] = (await checker.problems?.()) ?? [];
  await checker.close?.();
  if (problem !== undefined) throw new UsageError(`--auth: ${problem.message}`, { cause: problem });
}

function checkerOf(text: string, reactor: Reactor): Checker {
  try {
    return parseChecker(text, { reactor });
  } catch (error) {
    if (!(error instanceof CheckerError)) throw error;
    throw new UsageError(error.message.split("\n", 1)[0]!, { cause: error });
  }
}

/** A checker that is asked for whole addresses, and gives users who are called by them. */
function domainChecker(inner: Checker, { domains, offersScram = false }: MailUsersContext): Checker {
  const hasSecrets = offersScram || inner.secrets?.includes("plain") === true;
  const named = (user: string) => nameIn(inner, user, domains);
  const checker: Checker = {
    kinds: inner.kinds.filter((kind) => kind !== "anonymous"),
    secrets: hasSecrets ? inner.secrets : [],
    async check(credentials, context) {
      if (credentials.kind === "anonymous") return unknown;
      const source = "source" in credentials && credentials.source === checker ? { source: inner } : {};
      const name = credentials.user === undefined ? {} : { user: await named(credentials.user) };
      return inDomain(await inner.check({ ...credentials, ...source, ...name } as Credentials, context), domains);
    },
    close: async () => inner.close?.(),
    ...(inner.problems && { problems: () => inner.problems!() }),
    ...(inner.stall && { stall: (credentials, context) => inner.stall!(credentials, context) }),
    ...(inner.knows && { knows: async (user, options) => inner.knows!(await named(user), options) }),
    ...(inner.secret &&
      hasSecrets && {
        secret: async (user, request, context) => {
          const name = await named(user);
          if (request.kind === "digest" && name !== user) return undefined; // the name is part of the hash
          return inner.secret!(name, request, context);
        },
      }),
  };
  return checker;
}

/**
 * How a database calls somebody: by the whole address, or, where that is of the first domain, by what stands before the `@`.
 * Case counts in databases, and in no address that anybody writes.
 */
async function nameIn(checker: Checker, user: string, [first]: readonly string[]): Promise<string> {
  const at = user.lastIndexOf("@");
  const [local, domain] = at < 0 ? [user, ""] : [user.slice(0, at), user.slice(at + 1).toLowerCase()];
  const whole = at < 0 ? [user] : [`${local}@${domain}`, `${local.toLowerCase()}@${domain}`];
  const bare = domain === first ? [local, local.toLowerCase()] : [];
  if (checker.knows === undefined) return whole[0]!;
  for (const name of [...whole, ...bare]) if (await checker.knows(name)) return name;
  return whole[0]!;
}

function inDomain(verdict: Verdict, domains: readonly string[]): Verdict {
  if (!("user" in verdict)) return verdict;
  const user = addressed(verdict.user, domains);
  return user === undefined ? unknown : { ...verdict, user };
}

/** A user by the whole address. `undefined` for nobody in particular, and for who belongs elsewhere. */
function addressed(user: User, domains: readonly string[]): User | undefined {
  const name = (user.name.includes("@") ? user.name : `${user.name}@${domains[0]}`).toLowerCase();
  const isOurs = user.name !== "" && domains.includes(name.slice(name.lastIndexOf("@") + 1));
  return isOurs ? { ...user, name } : undefined;
}

const unknown: Verdict = { type: "unknown" };
