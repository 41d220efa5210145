import { type ConfigurationDocument, syntaxError } from "../config/document.ts";
import { isObject } from "../config/problem-list.ts";
import { tapVersion } from "./tap.ts";

/** Turns what a version of the format said into what the next one says. */
export type TapUpgrade = (application: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** What leads from each version to the next, the first from version 1 on. A version that changes the format adds its step. */
const upgrades: readonly TapUpgrade[] = [];

/**
 * The application of a tap document, brought to the present version step by step.
 * @throws {ConfigurationError} for a header that is none, and for a version that is newer than this program
 */
export function applicationOf(
  document: ConfigurationDocument,
  steps: readonly TapUpgrade[] = upgrades,
): ConfigurationDocument {
  const { data, file } = document;
  if (!isObject(data) || data["hawser"] !== "tap") {
    throw syntaxError({ file }, `it is no tap file: it does not begin with { "hawser": "tap", … }`);
  }
  const extra = Object.keys(data).find((name) => !["hawser", "version", "application"].includes(name));
  if (extra !== undefined) throw syntaxError(document.placeOf([extra]), `a tap file has no ${JSON.stringify(extra)}`);
  const application = upgraded(data["application"], requireVersion(data["version"], document, steps.length + 1), steps);
  return { file, data: application, placeOf: (path) => document.placeOf(["application", ...path]) };
}

function requireVersion(version: unknown, document: ConfigurationDocument, newest: number): number {
  const place = document.placeOf(["version"]);
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw syntaxError(place, "its version is not a whole number from 1");
  }
  if (version <= newest) return version;
  throw syntaxError(
    place,
    `it has version ${version}, and this program reads up to version ${newest}: use a newer Hawser`,
  );
}

function upgraded(application: unknown, version: number, steps: readonly TapUpgrade[]): unknown {
  if (!isObject(application)) return application;
  return steps.slice(version - 1).reduce<Readonly<Record<string, unknown>>>((data, step) => step(data), application);
}

if (tapVersion !== upgrades.length + 1)
  throw new TypeError("Cannot read tap files: a step from one version to the next is missing");
