import type { Checker } from "../credentials.ts";

/** How anonymous users are called. */
export interface AnonymousUsersOptions {
  /** Default: an empty name, which no user of a database has. */
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** Lets anybody in as nobody in particular (Twisted's AllowAnonymousAccess, RFC 4505). */
export function anonymousUsers({ name = "", groups = [] }: AnonymousUsersOptions = {}): Checker {
  const user = { name, groups, attributes: {} };
  return {
    kinds: ["anonymous"],
    check: async (credentials) => (credentials.kind === "anonymous" ? { type: "accepted", user } : { type: "unknown" }),
  };
}
