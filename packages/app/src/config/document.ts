import { quote } from "@hawser/core";
import { ConfigurationError, type TextPlace } from "./errors.ts";
import { configurationLimits as limits } from "./limits.ts";

/** What leads from a document's root to a part of it: `["services", 0, "web", "port"]`. */
export type DataPath = readonly (string | number)[];

/** A text that was read: its data, and where each part of it stands. */
export interface ConfigurationDocument {
  readonly file: string;
  readonly data: unknown;
  /** The place of a part, or of the nearest one around it that has a place. */
  placeOf(path: DataPath): TextPlace;
}

/** A text with a mistake in its syntax, told with its place. */
export function syntaxError(place: TextPlace, fault: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError([{ place, fault }], { cause });
}

/** Collects places while a text is read. */
export class PlaceTable {
  readonly #file: string;
  readonly #places = new Map<string, TextPlace>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Beyond the bounds of a configuration places are not worth their memory: nothing there is read. */
  set(path: DataPath, line: number, column: number): void {
    if (path.length > limits.depthMax || this.#places.size > limits.valuesMax) return;
    this.#places.set(JSON.stringify(path), { file: this.#file, line, column });
  }

  find(path: DataPath): TextPlace {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return { file: this.#file };
  }
}

/** Refuses a text in TOML or YAML that nobody has written by hand. @throws {ConfigurationError} */
export function requireHandwritten(text: string, file: string): void {
  const { handwrittenOctetsMax: most } = limits;
  if (text.length > most) throw syntaxError({ file }, `it is longer than ${most} octets: write JSON instead`);
}

/** Octets as strict UTF-8. A byte order mark, which some editors write, is no part of the text. @throws {ConfigurationError} */
export function decodeDocument(octets: Uint8Array, file: string): string {
  if (octets.length > limits.octetsMax) throw syntaxError({ file }, `it is longer than ${limits.octetsMax} octets`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch (cause) {
    throw syntaxError({ file }, "it is not UTF-8", cause);
  }
}

/** Why a key may not be in an object, or `undefined`: some are not what they seem once they are in one. */
export function badKey(key: string): string | undefined {
  const isBad = key === "__proto__" || key === "constructor" || key === "prototype";
  return isBad ? `the key ${quote(key)} is not allowed` : undefined;
}

/** Where an offset of a text is, both counted from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
  return { line, column: offset - start + 1 };
}
