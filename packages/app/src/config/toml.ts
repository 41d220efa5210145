import { parse, TomlError } from "smol-toml";
import { type ConfigurationDocument, PlaceTable, requireHandwritten, syntaxError } from "./document.ts";
import { configurationLimits as limits } from "./limits.ts";
import { placeTomlKeys } from "./toml-places.ts";

/**
 * Reads TOML 1.0 with the place of every key. Dates are no data of ours, and are refused where a text belongs.
 * @throws {ConfigurationError} with line and column
 */
export function readToml(text: string, file: string): ConfigurationDocument {
  requireHandwritten(text, file);
  const places = new PlaceTable(file);
  const data = parsed(text, file);
  placeTomlKeys(text, places);
  return { file, data, placeOf: (path) => places.find(path) };
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text, { maxDepth: limits.depthMax, unsafeKeyBehaviour: "throw" });
  } catch (error) {
    if (error instanceof TomlError) {
      const { line, column } = error;
      const fault = error.message.replace(/^Invalid TOML document: /, "").split("\n", 1)[0]!;
      throw syntaxError({ file, line, column }, fault, error);
    }
    throw error;
  }
}
