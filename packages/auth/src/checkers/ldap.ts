import { Semaphore, StateError } from "@hawser/core";
import type { Checker, Credentials, LoginContext, User, Verdict } from "../credentials.ts";
import { LoginError } from "../errors.ts";
import { type LdapConnection, LdapDirectory } from "../ldap/directory.ts";
import { escapeLdapDn, escapeLdapFilter, fillLdapTemplate } from "../ldap/escape.ts";
import { preparePassword, prepareUserName } from "../names.ts";
import { loadOptional } from "../optional-package.ts";

/** A directory of users, and how they are found in it: by `dn`, or by `base` and `filter`. */
export interface LdapUsersOptions extends LdapConnection {
  /** The entry of a user: `uid={user},ou=people,dc=example,dc=org`. */
  readonly dn?: string | undefined;
  /** Where to look for the entry of a user. */
  readonly base?: string | undefined;
  /** Default `(uid={user})`. */
  readonly filter?: string | undefined;
  /** As whom to look. Default: as nobody. */
  readonly bindDn?: string | undefined;
  /** The password for `bindDn`, or where it comes from when it is needed. */
  readonly bindPassword?: string | (() => Promise<string>) | undefined;
  /** The attribute with the user's groups, by name or as distinguished names, of which the first value counts. Default `memberOf`. */
  readonly groups?: string | undefined;
  /** Attributes of the entry that become the user's. Default `mail` and `cn`. */
  readonly attributes?: readonly string[] | undefined;
  /** Connections at once. Default 8. */
  readonly parallelMax?: number | undefined;
  /** Logins that may wait for one; more are `temporary`. Default 100. */
  readonly waitingMax?: number | undefined;
}

/**
 * The users of a directory (LDAP, RFC 4511): whoever can bind with a password is who they say. Takes the package `ldapts`,
 * which opens its own sockets. A simple name is put into a filter or a distinguished name only escaped, and an empty
 * password is never sent.
 * @throws {RangeError} when neither `dn` nor `base` is given, or a template lacks `{user}`
 */
export function ldapUsers(options: LdapUsersOptions): Checker {
  return new LdapChecker(options);
}

/** An entry that was found. */
interface Found {
  readonly dn: string;
  readonly user: User;
}

class LdapChecker implements Checker {
  readonly kinds = ["password"] as const;
  readonly #options: LdapUsersOptions;
  readonly #turns: Semaphore;

  constructor(options: LdapUsersOptions) {
    const { url, dn, base, filter, parallelMax = 8, waitingMax = 100 } = options;
    if (!/^ldaps?:\/\/[^/]+\/?$/.test(url))
      throw new RangeError("Cannot ask a directory: its URL is no ldap://HOST or ldaps://HOST");
    if (dn === undefined && base === undefined)
      throw new RangeError("Cannot find users in a directory: give a dn, or a base");
    if (![dn, filter].every((template) => template === undefined || template.includes("{user}")))
      throw new RangeError("Cannot find users in a directory: the template has no {user}");
    this.#options = options;
    this.#turns = new Semaphore(parallelMax, { waitingMax });
  }

  async check(credentials: Credentials, { signal }: LoginContext): Promise<Verdict> {
    if (credentials.kind !== "password") return { type: "unknown" };
    const [name, password] = [prepareUserName(credentials.user), preparePassword(credentials.password)];
    if (name === undefined || password === undefined) return { type: "unknown" };
    try {
      return await this.#turns.run(() => this.#ask(name, password), { signal });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      throw new LoginError("temporary", "Cannot ask the directory: too many logins wait for it", { cause: error });
    }
  }

  async problems(): Promise<readonly Error[]> {
    try {
      await loadOptional("ldapts", "ask a directory", () => import("ldapts"));
      return [];
    } catch (error) {
      return [error as Error];
    }
  }

  async #ask(name: string, password: string): Promise<Verdict> {
    const { dn, base } = this.#options;
    const directory = await LdapDirectory.connect(this.#options);
    try {
      return base === undefined
        ? await this.#bindByTemplate(directory, fillLdapTemplate(dn!, name, escapeLdapDn), name, password)
        : await this.#findAndBind(directory, base, name, password);
    } finally {
      await directory[Symbol.asyncDispose]();
    }
  }

  /** A directory does not tell a missing entry from a wrong password, so another checker may know this user. */
  async #bindByTemplate(directory: LdapDirectory, dn: string, name: string, password: string): Promise<Verdict> {
    if ((await directory.bind(dn, password)) !== "right") return { type: "unknown" };
    const [entry] = await directory.search(dn, "(objectClass=*)", this.#wanted());
    return { type: "accepted", user: this.#userOf(name, entry ?? {}) };
  }

  async #findAndBind(directory: LdapDirectory, base: string, name: string, password: string): Promise<Verdict> {
    const found = await this.#find(directory, base, name);
    const result = await directory.bind(found?.dn ?? `cn=nobody,${base}`, password); // so that time does not tell
    if (found === undefined) return { type: "unknown" };
    return result === "right" ? { type: "accepted", user: found.user } : { type: "rejected" };
  }

  async #find(directory: LdapDirectory, base: string, name: string): Promise<Found | undefined> {
    const { bindDn, bindPassword = "", filter = "(uid={user})" } = this.#options;
    const secret = typeof bindPassword === "string" ? bindPassword : await bindPassword();
    if (bindDn !== undefined && (await directory.bind(bindDn, secret)) !== "right")
      throw new LoginError("temporary", "Cannot ask the directory: it refuses our own name and password");
    const entries = await directory.search(base, fillLdapTemplate(filter, name, escapeLdapFilter), this.#wanted());
    const [entry] = entries;
    if (entries.length > 1)
      throw new LoginError("temporary", "Cannot tell who logs in: the directory has two such users");
    return entry === undefined ? undefined : { dn: entry.dn, user: this.#userOf(name, entry) };
  }

  #wanted(): readonly string[] {
    return [this.#options.groups ?? "memberOf", ...this.#attributes()];
  }

  #attributes(): readonly string[] {
    return this.#options.attributes ?? ["mail", "cn"];
  }

  #userOf(name: string, entry: Readonly<Record<string, unknown>>): User {
    const attributes = this.#attributes().flatMap((attribute) => {
      const [value] = textsOf(entry[attribute]);
      return value === undefined ? [] : [[attribute, value] as const];
    });
    const groups = textsOf(entry[this.#options.groups ?? "memberOf"]).map(
      (dn) => /^[^=,]+=((?:\\.|[^,\\])*)/.exec(dn)?.[1] ?? dn,
    );
    return { name, groups, attributes: Object.fromEntries(attributes) };
  }
}

function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === "string");
}
