import type { Client, Entry } from "ldapts";
import { loadOptional } from "../optional-package.ts";

/** How to reach a directory. */
export interface LdapConnection {
  /** `ldaps://ldap.example.org`, or `ldap://ldap.example.org:1389`. */
  readonly url: string;
  /** `starttls` protects a connection to an `ldap:` URL before anything is sent (RFC 4511 §4.14). Default: `starttls` for `ldap:`. */
  readonly tls?: "starttls" | "none" | undefined;
  /** Trust anchors, PEM. Default: the platform's. */
  readonly ca?: string | undefined;
  /** For connecting and for each request. Default 10,000 ms. */
  readonly timeoutMs?: number | undefined;
}

/** What a directory said to a bind. */
export type LdapBindResult = "right" | "wrong" | "no-such-entry";

/** Talks to a directory through the package ldapts, on one connection. */
export class LdapDirectory implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async connect({ url, tls, ca, timeoutMs = 10_000 }: LdapConnection): Promise<LdapDirectory> {
    const { Client } = await loadOptional("ldapts", "ask a directory", () => import("ldapts"));
    const tlsOptions = ca === undefined ? {} : { ca };
    const isPlain = url.startsWith("ldap:");
    const client = new Client({
      url,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      strictDN: false,
      ...(isPlain ? {} : { tlsOptions }),
    });
    const directory = new LdapDirectory(client);
    try {
      if (isPlain && tls !== "none") await client.startTLS({ ...tlsOptions, host: new URL(url).hostname });
      return directory;
    } catch (error) {
      await directory[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Shows a name and a password. Never without a password: that would be an anonymous bind, which always succeeds
   * (RFC 4513 §5.1.2).
   * @throws whatever says that the directory cannot tell
   */
  async bind(dn: string, password: string): Promise<LdapBindResult> {
    if (password === "") return "wrong";
    try {
      await this.#client.bind(dn, password);
      return "right";
    } catch (error) {
      const result = bindResults.get(resultCode(error) ?? -1);
      if (result === undefined) throw error;
      return result;
    }
  }

  /** The entries that a filter finds, two at most: more than one is as bad as a hundred. */
  async search(base: string, filter: string, attributes: readonly string[]): Promise<readonly Entry[]> {
    try {
      const { searchEntries } = await this.#client.search(base, {
        scope: "sub",
        filter,
        attributes: [...attributes],
        sizeLimit: 2,
      });
      return searchEntries;
    } catch (error) {
      if (resultCode(error) === noSuchObject) return [];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.unbind().catch(() => {}); // it is over either way
  }
}

const noSuchObject = 32;

/** Codes of RFC 4511 §A, that are an answer about the user and not about the directory. */
const bindResults: ReadonlyMap<number, LdapBindResult> = new Map([
  [49, "wrong"], // invalidCredentials: also for entries that are not there
  [19, "wrong"], // constraintViolation: locked by a policy
  [48, "wrong"], // inappropriateAuthentication: the entry has no password
  [53, "wrong"], // unwillingToPerform: expired or locked
  [noSuchObject, "no-such-entry"],
  [34, "no-such-entry"], // invalidDNSyntax
]);

function resultCode(error: unknown): number | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "number" ? code : undefined;
}
