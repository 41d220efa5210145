import {
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  optionChoice,
  optionValue,
  optionValues,
  UsageError,
} from "@hawser/core";

/** The options of `hawser package deb`, `rpm` and `oci`. */
export interface PackageToolOptions extends CommandOptions {
  readonly name: CommandOption<string | undefined>;
  readonly version: CommandOption<string | undefined>;
  readonly maintainer: CommandOption<string | undefined>;
  readonly output: CommandOption<string | undefined>;
  readonly summary: CommandOption<string | undefined>;
  readonly license: CommandOption<string | undefined>;
  readonly homepage: CommandOption<string | undefined>;
  readonly depends: CommandOption<readonly string[]>;
  readonly user: CommandOption<string | undefined>;
  readonly node: CommandOption<"depend" | "own" | "none" | undefined>;
  readonly base: CommandOption<string | undefined>;
}

/** What such a tool gets. */
export type PackageToolValues = CommandValues<PackageToolOptions>;

export const packageOptions: PackageToolOptions = {
  name: optionValue("NAME", "what the package is called, and its user, its unit and its folders", {
    defaultText: "the application's name",
  }),
  version: optionValue("V", "its version, such as 1.0"),
  maintainer: optionValue("'NAME <MAIL>'", "who answers for it"),
  output: optionValue("FILE", "the file to write", {
    short: "o",
    completes: "file",
    defaultText: "NAME_V_all.deb, NAME-V-1.noarch.rpm or NAME-V.oci.tar",
  }),
  summary: optionValue("TEXT", "one line about it", { defaultText: "the services that it runs" }),
  license: optionValue("SPDX", "its licence, such as MIT"),
  homepage: optionValue("URL", "where to read about it"),
  depends: optionValues("PACKAGE", "another package that it needs, such as perl; repeatable"),
  user: optionValue("NAME", "the system user that it runs as", { defaultText: "the package's name" }),
  node: optionChoice(["depend", "own", "none"], "need the system's Node, bring this one along, or do neither", {
    defaultText: "depend",
  }),
  base: optionValue("DIR", "for an image: the OCI layout that it stands on", { completes: "directory" }),
};

/** A value that has no default. @throws {UsageError} */
export function required(values: PackageToolValues, name: "version" | "maintainer"): string {
  const value = values[name];
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}
