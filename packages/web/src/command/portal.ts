import type { Portal } from "@hawser/auth";
import { type Reactor, UsageError } from "@hawser/core";

/** The portal over the user databases that `--auth` names. @throws {UsageError} */
export async function portalOf(auth: readonly string[], _reactor: Reactor): Promise<Portal> {
  throw new UsageError(`cannot let anybody in by "${auth[0]}": there is no such kind of user database`);
}
