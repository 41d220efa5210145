import { parse, resolve } from "node:path";
import { FileError, quote, type Reactor, UsageError } from "@hawser/core";

/** Reads a text that a command line names. @throws {UsageError} that says what could not be done with it */
export async function readText(reactor: Reactor, path: string, action: string): Promise<string> {
  return Buffer.from(await readBytes(reactor, path, action)).toString();
}

/** Reads a file that a command line names. @throws {UsageError} that says what could not be done with it */
export async function readBytes(reactor: Reactor, path: string, action: string): Promise<Uint8Array> {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  try {
    return await reactor.files(root).readFile(absolute.slice(root.length), { octetsMax: fileOctetsMax });
  } catch (error) {
    if (!(error instanceof FileError) && !(error instanceof RangeError)) throw error;
    throw new UsageError(`cannot ${action} ${quote(path)}: ${fileFault(error)}`, { cause: error });
  }
}

/** Looks whether there is such a file. @throws {UsageError} that says what could not be done with it */
export async function requireFile(reactor: Reactor, path: string, action: string): Promise<void> {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  try {
    const { kind } = await reactor.files(root).stat(absolute.slice(root.length));
    if (kind === "directory") throw new FileError("is-a-directory", "It is a directory");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(`cannot ${action} ${quote(path)}: ${fileFault(error)}`, { cause: error });
  }
}

/** Looks whether there is such a folder. @throws {UsageError} that says what could not be done with it */
export async function requireFolder(reactor: Reactor, path: string, action: string): Promise<void> {
  try {
    await reactor.files(resolve(path)).list("", { entriesMax: 0 });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const fault = error.code === "not-found" ? "no such directory" : fileFault(error);
    throw new UsageError(`cannot ${action} ${quote(path)}: ${fault}`, { cause: error });
  }
}

/** What is wrong with a file, without where it lies. */
export function fileFault(error: FileError | RangeError): string {
  if (error instanceof RangeError) return "it is too long";
  return words[error.code] ?? error.message;
}

const words: Partial<Record<FileError["code"], string>> = {
  "is-a-directory": "it is a directory",
  "not-a-directory": "no such file",
  "not-found": "no such file",
  "not-permitted": "permission denied",
};

/** Keys, certificates and batch files are small; zones have a bound of their own. */
const fileOctetsMax = 1_048_576;
