import { createWriteStream } from "node:fs";
import { type CommandLog, UsageError } from "@hawser/core";

/**
 * Opens a log for appending; `-` is standard output. Lines that are written together leave together. A log that fails
 * later, as on a full disk, ends no service: it is told once, and nothing more is written.
 */
export async function openLog(path: string): Promise<CommandLog> {
  if (path === "-") {
    process.stdout.once("error", (error) => failed("standard output", error));
    return { write: (text) => void process.stdout.write(text), close: async () => {} };
  }
  const stream = createWriteStream(path, { flags: "a", mode: 0o640 });
  await new Promise<void>((resolve, reject) => {
    stream.once("open", () => resolve());
    stream.once("error", (cause) => {
      reject(new UsageError(`cannot write the log "${path}": ${reason(cause)}`, { cause }));
    });
  });
  stream.on("error", (error) => failed(`"${path}"`, error));
  return {
    write: (text) => void stream.write(text),
    close: () => (stream.destroyed ? Promise.resolve() : new Promise((resolve) => stream.end(() => resolve()))),
  };
}

function failed(log: string, error: Error): void {
  process.stderr.write(`hawser: the log on ${log} ends here: ${reason(error)}\n`);
}

function reason(error: NodeJS.ErrnoException): string {
  return reasons[error.code ?? ""] ?? error.message;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOENT: "no such directory",
  ENOSPC: "no space left",
  EPIPE: "nobody reads it any more",
};
