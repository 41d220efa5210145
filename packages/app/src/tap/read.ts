import { extname } from "node:path";
import { UsageError } from "@hawser/core";
import type { ServiceForm } from "../config/describe-service.ts";
import { type ConfigurationDocument, decodeDocument, syntaxError } from "../config/document.ts";
import { readJson } from "../config/json.ts";
import { configurationLimits as limits } from "../config/limits.ts";
import { readWhole } from "../config/path.ts";
import type { LoadContext } from "../config/source.ts";
import { decryptTap, isEncrypted } from "./encrypt.ts";
import type { TapType } from "./types.ts";
import { applicationOf } from "./upgrade.ts";

/** A tap, tas or tax file that was read. */
export interface TapDocument {
  readonly document: ConfigurationDocument;
  readonly form: ServiceForm;
  readonly type: TapType;
  readonly wasEncrypted: boolean;
  /** It had to be run, since it is a program that no reader of ours understands. */
  readonly wasRun: boolean;
}

/**
 * Reads an application from a file of any of the three spellings, encrypted or not. A tap or tax is never executed; a tas
 * only when it is not as we have written it.
 * @throws {UsageError}
 */
export async function readTapDocument(file: string, context: LoadContext): Promise<TapDocument> {
  // Base64 makes four octets of three, and a line of them needs a line end.
  const octets = await readWhole(context.reactor, file, Math.ceil((limits.octetsMax * 4) / 3 + limits.octetsMax / 50));
  const text = new TextDecoder("latin1").decode(octets.subarray(0, 64));
  if (!isEncrypted(text)) {
    const plain = decodeDocument(octets, file);
    return { ...(await readPlain(plain, typeOf(plain, file), file, context)), wasEncrypted: false };
  }
  if (context.passphrase === undefined) throw new UsageError(`Cannot read ${JSON.stringify(file)}: it is encrypted`);
  const opened = decryptTap(new TextDecoder().decode(octets), await context.passphrase(), file);
  return { ...(await readPlain(opened.text, opened.type, file, context)), wasEncrypted: true };
}

/** By its first character; a program is taken for one only when its name says so too. */
function typeOf(text: string, file: string): TapType {
  const first = /\S/.exec(text.slice(0, 1_024))?.[0];
  if (first === "{") return "tap";
  if (first === "<") return "tax";
  if (extname(file) === ".tas") return "tas";
  throw syntaxError(
    { file },
    first === undefined ? "it is empty" : "it is no tap file: neither JSON nor XML, and not called .tas",
  );
}

type ReadTap = Omit<TapDocument, "wasEncrypted">;

async function readPlain(text: string, type: TapType, file: string, context: LoadContext): Promise<ReadTap> {
  switch (type) {
    case "tap":
      return { document: applicationOf(readJson(text, file)), form: "members", type, wasRun: false };
    case "tax":
      return {
        document: applicationOf((await import("./tax-read.ts")).readTax(text, file)),
        form: "members",
        type,
        wasRun: false,
      };
    case "tas":
      return readTas(text, file, context);
    default:
      return type satisfies never;
  }
}

async function readTas(text: string, file: string, context: LoadContext): Promise<ReadTap> {
  const { readLiteralTas } = await import("./tas-read.ts");
  const literal = readLiteralTas(text)?.configuration;
  if (literal !== undefined) {
    const document = { file, data: literal, placeOf: () => ({ file }) };
    return { document, form: "keyed", type: "tas", wasRun: false };
  }
  const { readModule } = await import("../config/module.ts");
  return { document: await readModule(text, file, context), form: "keyed", type: "tas", wasRun: true };
}
