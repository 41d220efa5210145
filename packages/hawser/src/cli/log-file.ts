import { createWriteStream } from "node:fs";
import { type CommandLog, UsageError } from "@hawser/core";

/** Opens a log for appending; `-` is standard output. Lines that are written together leave together. */
export async function openLog(path: string): Promise<CommandLog> {
  if (path === "-") return { write: (text) => void process.stdout.write(text), close: async () => {} };
  const stream = createWriteStream(path, { flags: "a", mode: 0o640 });
  await new Promise<void>((resolve, reject) => {
    stream.once("open", () => resolve());
    stream.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new UsageError(`cannot write the log "${path}": ${reasons[cause.code ?? ""] ?? cause.message}`, { cause }),
      );
    });
  });
  return {
    write: (text) => void stream.write(text),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOENT: "no such directory",
};
