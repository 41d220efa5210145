import { CheckerError, loginWith, type Portal, parseChecker } from "@hawser/auth";
import { type Reactor, UsageError } from "@hawser/core";

/** The portal over the user databases that `--auth` names. @throws {UsageError} */
export async function portalOf(auth: readonly string[], reactor: Reactor): Promise<Portal> {
  try {
    return loginWith({ checkers: auth.map((text) => parseChecker(text, { reactor })), reactor });
  } catch (error) {
    if (!(error instanceof CheckerError)) throw error;
    throw new UsageError(error.message.split("\n", 1)[0]!, { cause: error });
  }
}
