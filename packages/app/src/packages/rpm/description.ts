import { checkField, checkInteger, checkLine, checkScript, checkText } from "../checks.ts";
import type { PackageEntry } from "../entry.ts";

/** Which machines an RPM is for: `noarch`, or what `rpm --eval %_arch` prints. */
export type RpmArchitecture = "noarch" | "x86_64" | "aarch64" | "armv7hl" | "i686" | "ppc64le" | "riscv64" | "s390x";

/** Scripts that rpm runs, each whole with its `#!` line. `$1` is how many versions will be installed afterwards. */
export interface RpmScripts {
  readonly preInstall?: string | undefined;
  readonly postInstall?: string | undefined;
  readonly preUninstall?: string | undefined;
  readonly postUninstall?: string | undefined;
}

/** Everything that an RPM is made of. */
export interface RpmDescription {
  readonly name: string;
  /** Without an epoch or a `-`. */
  readonly version: string;
  /** Default 1. */
  readonly release?: string | undefined;
  readonly architecture: RpmArchitecture;
  /** `NAME <MAIL>`. */
  readonly maintainer: string;
  /** One line. */
  readonly summary: string;
  /** Default: the summary. */
  readonly description?: string | undefined;
  /** An SPDX expression. */
  readonly license: string;
  readonly homepage?: string | undefined;
  /** Default `System Environment/Daemons`. */
  readonly group?: string | undefined;
  /** Relations such as `nodejs(engine) >= 20.19`. */
  readonly requires?: readonly string[] | undefined;
  /** What it gives besides itself, such as `webserver`. */
  readonly provides?: readonly string[] | undefined;
  readonly entries: readonly PackageEntry[];
  readonly scripts?: RpmScripts | undefined;
  /** The time of everything in it, in seconds since 1970: what SOURCE_DATE_EPOCH holds. */
  readonly modified: number;
}

/** Refuses a description of which no honest package comes. @throws {PackageError} `bad-field` */
export function checkRpmDescription(description: RpmDescription): void {
  const { name, version, release, maintainer, summary, license, homepage, group, scripts = {} } = description;
  checkField("name", name);
  checkField("version", version);
  checkField("release", release ?? "1");
  checkField("maintainer", maintainer);
  checkLine("summary", summary);
  checkText("description", description.description ?? summary);
  checkField("license", license);
  if (homepage !== undefined) checkField("homepage", homepage);
  if (group !== undefined) checkLine("group", group);
  for (const [script, text] of Object.entries(scripts)) if (text !== undefined) checkScript(script, text);
  checkInteger("modified", description.modified, 0xffff_ffff);
}
