import { type Reactor, UsageError } from "@hawser/core";
import { portal } from "../login/make-portal.ts";
import type { Portal } from "../portal.ts";
import { CheckerError } from "./checker-error.ts";
import { parseChecker } from "./parse-checker.ts";

/**
 * The portal over user databases that a person has spelt: `--auth` of a command, `users` of an application. It gives
 * `userAvatar` only.
 * @throws {UsageError} in one line, when one of them is none
 */
export function portalOf(databases: readonly string[], reactor: Reactor): Portal {
  try {
    return portal({ checkers: databases.map((text) => parseChecker(text, { reactor })), reactor });
  } catch (error) {
    if (!(error instanceof CheckerError)) throw error;
    throw new UsageError(error.message.split("\n", 1)[0]!, { cause: error });
  }
}
