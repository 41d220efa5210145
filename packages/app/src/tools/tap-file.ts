import { basename } from "node:path";
import { type Random, type Reactor, UsageError } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import { understandApplication } from "../config/describe-application.ts";
import { ConfigurationError } from "../config/errors.ts";
import { fileAt, fileFault } from "../config/path.ts";
import { encryptTap } from "../tap/encrypt.ts";
import { formatTap, tapData } from "../tap/tap.ts";
import type { TapType } from "../tap/types.ts";

/** How a tap file is written. */
export interface TapFileOptions {
  readonly type: TapType;
  readonly makers: readonly string[];
  /** With one, the file is encrypted. */
  readonly passphrase?: string | undefined;
  readonly random: Random;
}

/** An application as the text of a file. @throws {ConfigurationError} for one that could not be read again */
export async function formatTapFile(description: ApplicationDescription, options: TapFileOptions): Promise<string> {
  requireReadable(description);
  const text = await formatType(description, options);
  const { passphrase, type, random } = options;
  return passphrase === undefined ? text : encryptTap(text, type, passphrase, random);
}

async function formatType(description: ApplicationDescription, { type, makers }: TapFileOptions): Promise<string> {
  if (type === "tap") return formatTap(description);
  if (type === "tas") return (await import("../tap/tas-write.ts")).formatTas(description, { makers });
  return (await import("../tap/tax-write.ts")).formatTax(description);
}

/** What could not be read again is not written in the first place. */
function requireReadable(description: ApplicationDescription): void {
  const place = { file: "the application" };
  const document = { file: place.file, data: tapData(description), placeOf: () => place };
  const [first, ...more] = understandApplication(document, "members").problems;
  if (first !== undefined) throw new ConfigurationError([first, ...more]);
}

/**
 * Writes a file that only its owner may read, since options may hold passwords. One that was there before keeps its
 * permissions; at no moment is it half written.
 * @throws {UsageError}
 */
export async function writePrivately(reactor: Reactor, file: string, text: string): Promise<void> {
  const { tree, path } = fileAt(reactor, file);
  try {
    const draft = await tree.open(path, { write: true, create: true, mode: 0o600 });
    await draft.close();
    await tree.writeFile(path, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${JSON.stringify(file)}: ${fileFault(error)}`, { cause: error });
  }
}

/** The type that the ending of a file's name tells. */
export function typeByName(file: string): TapType | undefined {
  const found = /\.e?(tap|tas|tax)$/.exec(basename(file));
  return found === null ? undefined : (found[1] as TapType);
}
