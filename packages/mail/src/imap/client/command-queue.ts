import { type ImapDeferred, imapDeferred } from "../deferred.ts";
import type { ImapPiece } from "../wire/format.ts";
import type { ImapResponse, ImapStatusLine } from "./responses.ts";

/** A piece of a command, or octets that come by and by. */
export type ImapSent =
  | ImapPiece
  | { readonly octets: number; readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

/** A command that is under way. */
export interface PendingCommand {
  readonly tag: string;
  readonly name: string;
  /** Takes a response that is meant for this command; gives whether it was, and may hold the server back. */
  readonly take: ((response: ImapResponse) => boolean | Promise<void>) | undefined;
  readonly end: ImapDeferred<ImapStatusLine>;
  /** It waits for `+`. */
  asked: ImapDeferred<string> | undefined;
}

/** Commands whose answer has not come, in their order: a server answers them one after the other. */
export class PendingCommands {
  readonly #commands = new Map<string, PendingCommand>();
  #count = 0;

  get size(): number {
    return this.#commands.size;
  }

  add(name: string, take: PendingCommand["take"]): PendingCommand {
    const tag = `h${++this.#count}`;
    const command: PendingCommand = { tag, name, take, end: imapDeferred(), asked: undefined };
    this.#commands.set(tag, command);
    return command;
  }

  /** The answer to a command. */
  finish(tag: string, line: ImapStatusLine): boolean {
    const command = this.#commands.get(tag);
    if (command === undefined) return false;
    this.#commands.delete(tag);
    command.asked?.reject(new Error("The server does not want to hear the rest"));
    command.end.resolve(line);
    return true;
  }

  /** `+`: who waits for it. */
  continue(text: string): boolean {
    for (const command of this.#commands.values())
      if (command.asked !== undefined) {
        const { asked } = command;
        command.asked = undefined;
        asked.resolve(text);
        return true;
      }
    return false;
  }

  /** Offers a response to the commands, the oldest first. */
  offer(response: ImapResponse): boolean | Promise<void> {
    for (const command of this.#commands.values()) {
      const taken = command.take?.(response) ?? false;
      if (taken !== false) return taken;
    }
    return false;
  }

  fail(error: unknown): void {
    for (const command of this.#commands.values()) {
      command.asked?.reject(error);
      command.end.reject(error);
    }
    this.#commands.clear();
  }
}
