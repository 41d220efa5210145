import type { Pop3Session } from "../session.ts";
import type { Pop3State } from "../words.ts";

/** A command of the server: what it takes, and does. */
export interface Pop3Command {
  /** Where it may be given. */
  readonly states: readonly Pop3State[];
  /** Its arguments for people: `[number]`. */
  readonly usage: string;
  /** How many arguments it takes. `text`: one, spaces and all. */
  readonly takes: readonly [min: number, max: number] | "text";
  /** Does it and says the reply. @throws {Pop3ReplyError} what is to be said instead */
  run(session: Pop3Session, words: readonly string[]): Promise<void> | void;
}
