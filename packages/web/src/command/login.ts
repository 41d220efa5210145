import { type Reactor, UsageError } from "@hawser/core";
import type { HttpRoot } from "../http/resource.ts";

/** What the options of `hawser web` say about who may come in. */
export interface SiteLoginOptions {
  readonly auth: readonly string[];
  readonly authScheme: "basic" | "digest" | undefined;
  readonly authRealm: string | undefined;
}

/** A site, and what to let go of at the end. */
export interface GuardedSite {
  readonly root: HttpRoot;
  /** Logs everybody out, and lets go of the user databases. */
  close(): Promise<void>;
}

/**
 * A site behind the login that the options describe; without `--auth` there is none. Whoever starts the command has chosen
 * where it listens, so passwords are taken there with and without TLS.
 * @throws {UsageError} for a user database that there is not, for one that HTTP cannot use, and for a realm without one
 */
export async function guarded(root: HttpRoot, given: SiteLoginOptions, reactor: Reactor): Promise<GuardedSite> {
  const { auth, authScheme, authRealm: realm } = given;
  if (auth.length === 0) {
    if (realm !== undefined) throw new UsageError("--auth-realm needs --auth");
    if (authScheme !== undefined) throw new UsageError("--auth-scheme needs --auth");
    return { root, close: async () => {} };
  }
  const [{ portalOf }, { withLogin }] = await logins();
  const portal = portalOf(auth, reactor);
  try {
    const door = withLogin(portal, () => root, { realm, schemes: authScheme && [authScheme], allowPlainText: true });
    const close = async () => {
      await door.forget();
      await portal.close();
    };
    return { root: door, close };
  } catch (error) {
    await portal.close();
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Most sites are open to everybody: they do not wait for this at the start. */
const logins = () => Promise.all([import("@hawser/auth"), import("../auth/with-login.ts")]);
