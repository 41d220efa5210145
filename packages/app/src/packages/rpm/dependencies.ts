import { badField } from "../checks.ts";
import { rpmSenseFlags as sense } from "./tags.ts";

/** One thing that a package needs or gives. */
export interface RpmDependency {
  readonly name: string;
  /** Of {@link rpmSenseFlags}. */
  readonly flags: number;
  /** Empty for any. */
  readonly version: string;
}

const operators: Readonly<Record<string, number>> = {
  "<": sense.less,
  "<=": sense.less | sense.equal,
  "=": sense.equal,
  ">=": sense.greater | sense.equal,
  ">": sense.greater,
};

/**
 * Reads a relation as spec files spell it: `nodejs(engine) >= 20.19`, or a path such as `/usr/sbin/useradd`.
 * @throws {PackageError} `bad-field`
 */
export function parseRpmDependency(text: string): RpmDependency {
  const parts = /^([A-Za-z0-9/][A-Za-z0-9/_.+()-]{0,254})(?: (<|<=|=|>=|>) ([0-9][A-Za-z0-9.+~^:-]{0,127}))?$/.exec(
    text,
  );
  if (parts === null) throw badField("requires", text, "it is spelled NAME or NAME >= VERSION");
  const [, name = "", operator, version = ""] = parts;
  return { name, flags: operator === undefined ? 0 : operators[operator]!, version };
}

/** What rpm itself must understand to install what we write. */
export function rpmFeatures(versions: readonly string[]): readonly RpmDependency[] {
  const features: readonly (readonly [string, string])[] = [
    ["CompressedFileNames", "3.0.4-1"], // directories and names apart
    ["FileDigests", "4.6.0-1"], // others than MD5
    ["PayloadFilesHavePrefix", "4.0-1"], // paths begin with ./
    ...(versions.some((version) => version.includes("~")) ? [["TildeInVersions", "4.10.0-1"] as const] : []),
  ];
  const flags = sense.rpmlib | sense.less | sense.equal;
  return features.map(([name, version]) => ({ name: `rpmlib(${name})`, flags, version }));
}
