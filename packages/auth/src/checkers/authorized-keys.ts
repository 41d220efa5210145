import { FileError, isSegment, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { expiryOf, keyMayBeUsed } from "../authorized-keys/conditions.ts";
import { type AuthorizedKey, parseAuthorizedKey } from "../authorized-keys/key-line.ts";
import { formatKeyOptions } from "../authorized-keys/key-options.ts";
import { sameOctets } from "../compare.ts";
import type { Checker, Credentials, LoginContext, PublicKeyCredentials, User, Verdict } from "../credentials.ts";
import { LeastRecent } from "../least-recent.ts";
import { prepareUserName } from "../names.ts";
import type { UserFileError } from "../users/errors.ts";
import { badLine } from "../users/users-text.ts";
import { type WatchedContent, WatchedFile } from "../users/watched-file.ts";

/** Whose keys a file holds. */
export interface AuthorizedKeysOptions {
  /** The user of the file, where its path does not tell. */
  readonly user?: string | undefined;
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
}

/**
 * Public keys in OpenSSH's `authorized_keys` files: `authorizedKeys("/etc/hawser/keys/%u")` with one file for each user, or
 * `authorizedKeys("keys", { user: "alice" })`. `from` and `expiry-time` are heeded here; all options are handed on as the
 * attribute `authorizedKeyOptions`, which {@link readKeyOptions} takes apart: the protocol must heed `restrict`, `command`
 * and their like. Lines with an unknown option, and keys of authorities, are void. Files are read again when they have
 * changed.
 * @throws {RangeError} when nothing tells whose keys they are
 */
export function authorizedKeys(path: string, options: AuthorizedKeysOptions = {}): Checker {
  return new AuthorizedKeysChecker(path, options);
}

interface KeyFile extends WatchedContent {
  readonly keys: readonly AuthorizedKey[];
}

class AuthorizedKeysChecker implements Checker {
  readonly kinds = ["public-key"] as const;
  readonly #path: string;
  readonly #user: string | undefined;
  readonly #reactor: Reactor;
  readonly #files = new LeastRecent<string, WatchedFile<KeyFile>>(filesMax);

  constructor(path: string, { user, reactor = nodeReactor }: AuthorizedKeysOptions) {
    if (path.includes("%u") === (user !== undefined))
      throw new RangeError("Cannot tell whose keys they are: give either a path with %u or a user");
    this.#path = path;
    this.#user = user;
    this.#reactor = reactor;
  }

  async check(credentials: Credentials, context: LoginContext): Promise<Verdict> {
    const name = credentials.kind === "public-key" ? this.#nameOf(credentials) : undefined;
    if (credentials.kind !== "public-key" || name === undefined) return { type: "unknown" };
    const file = await this.#read(name);
    if (file === undefined) return { type: "unknown" };
    const key = file.keys.find((one) => this.#fits(one, credentials, context));
    if (key === undefined) return { type: "rejected" };
    const user: User = { name, groups: [], attributes: attributesOf(key) };
    return credentials.proven ? { type: "accepted", user } : { type: "partial", user, next: ["public-key"] };
  }

  async problems(): Promise<readonly Error[]> {
    return this.#user === undefined ? [] : this.#fileOf(this.#user).problems();
  }

  /** A name that could lead to another folder has no keys. */
  #nameOf(credentials: PublicKeyCredentials): string | undefined {
    const name = prepareUserName(credentials.user);
    if (name === undefined) return undefined;
    if (this.#user !== undefined) return name === this.#user ? name : undefined;
    return isSegment(name) && !name.startsWith(".") ? name : undefined;
  }

  #fits(known: AuthorizedKey, { key }: PublicKeyCredentials, { peer }: LoginContext): boolean {
    return sameOctets(known.key, key) && keyMayBeUsed(known.options, peer, this.#reactor.clock.wall());
  }

  async #read(name: string): Promise<KeyFile | undefined> {
    try {
      return await this.#fileOf(name).read();
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  #fileOf(name: string): WatchedFile<KeyFile> {
    const path = this.#path.replaceAll("%u", () => name);
    const file = this.#files.get(path) ?? new WatchedFile(this.#reactor, path, parseKeyFile);
    this.#files.set(path, file);
    return file;
  }
}

function parseKeyFile(text: string): KeyFile {
  const keys: AuthorizedKey[] = [];
  const problems: UserFileError[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    try {
      const key = parseAuthorizedKey(line);
      key?.options["expiry-time"]?.forEach(expiryOf);
      if (key !== undefined) keys.push(key);
    } catch (error) {
      problems.push(badLine(at + 1, error as RangeError));
    }
  }
  return { keys, problems };
}

function attributesOf({ options, comment }: AuthorizedKey): Readonly<Record<string, string>> {
  const text = formatKeyOptions(options);
  return { ...(text === "" ? {} : { authorizedKeyOptions: text }), ...(comment === "" ? {} : { keyComment: comment }) };
}

/** Files kept parsed: users that log in by key in a row. */
const filesMax = 1_000;
