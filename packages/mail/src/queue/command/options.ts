import { resolve } from "node:path";
import { type CommandOption, FileError, optionValue, quote, type ToolContext, UsageError } from "@hawser/core";
import { diskMailQueueStore } from "../disk/store.ts";
import { MailQueueError } from "../errors.ts";
import { mailQueueFolder } from "../limits.ts";
import type { MailQueue } from "../queue.ts";
import { visitMailQueue } from "../visit.ts";

/** What all tools of a queue are told. */
export interface QueueToolOptions {
  readonly queue: CommandOption<string | undefined>;
}

/** The table of those options. */
export const queueToolOptions: QueueToolOptions & Readonly<Record<string, CommandOption>> = {
  queue: optionValue("DIR", "the folder of the queue", { defaultText: mailQueueFolder, completes: "directory" }),
};

/**
 * Opens the queue of a folder, beside whoever runs it, and tells the person what cannot be done. Gives the status: 1 for that.
 * @throws {UsageError} when there is no such folder
 */
export async function withQueue(
  { queue: folder = mailQueueFolder }: { readonly queue?: string | undefined },
  { reactor, terminal }: ToolContext,
  use: (queue: MailQueue) => Promise<number>,
): Promise<number> {
  const path = resolve(folder);
  try {
    await reactor.files(path).list("mail", { entriesMax: 0 });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const isDenied = error.code === "not-permitted";
    throw new UsageError(`${isDenied ? "you may not look into" : "there is no queue of mail in"} ${quote(folder)}`, {
      cause: error,
    });
  }
  try {
    await using queue = visitMailQueue({ reactor, store: await diskMailQueueStore(reactor, path) });
    return await use(queue);
  } catch (error) {
    if (!(error instanceof MailQueueError)) throw error;
    terminal.complain(error.message);
    return 1;
  }
}
