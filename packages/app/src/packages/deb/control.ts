import { badField, checkField, checkInteger, checkLine, checkText } from "../checks.ts";

/** Which machines a deb is for: `all`, or what `dpkg --print-architecture` prints. */
export type DebArchitecture = "all" | "amd64" | "arm64" | "armhf" | "i386" | "ppc64el" | "riscv64" | "s390x";

/** What a deb's control file says (Debian Policy §5.3). */
export interface DebControl {
  /** Debian Policy §5.6.1. */
  readonly name: string;
  /** Without an epoch or a `-`. */
  readonly version: string;
  /** Debian's revision, behind a `-`. Default: none, a native package. */
  readonly revision?: string | undefined;
  readonly architecture: DebArchitecture;
  /** `NAME <MAIL>`. */
  readonly maintainer: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs, parted by empty lines. Default: the summary again. */
  readonly description?: string | undefined;
  readonly homepage?: string | undefined;
  /** Default `net`. */
  readonly section?: string | undefined;
  /** Relations such as `nodejs (>= 20.19)`, all of which must hold. */
  readonly depends?: readonly string[] | undefined;
}

/**
 * The text of a control file. No value can add a field: lines are checked to be lines, and those of the description
 * begin with a space.
 * @param installedOctets what the files take, for `Installed-Size`
 * @throws {PackageError} `bad-field`
 */
export function formatDebControl(control: DebControl, installedOctets: number): string {
  const depends = (control.depends ?? []).map((relation) => checkField("relation", relation, "depends"));
  const fields: readonly (readonly [string, string])[] = [
    ["Package", checkField("name", control.name)],
    ["Version", debVersion(control)],
    ["Section", checkField("section", control.section ?? "net")],
    ["Priority", "optional"],
    ["Architecture", control.architecture],
    ["Maintainer", checkField("maintainer", control.maintainer)],
    ["Installed-Size", String(Math.ceil(checkInteger("size", installedOctets, Number.MAX_SAFE_INTEGER) / 1024))],
    ["Depends", depends.join(", ")],
    ["Homepage", control.homepage === undefined ? "" : checkField("homepage", control.homepage)],
    ["Description", checkLine("summary", control.summary)],
  ];
  const lines = fields.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
  return [...lines, ...descriptionLines(control), ""].join("\n");
}

/** `1.0` or, with a revision, `1.0-1`. @throws {PackageError} `bad-field` */
export function debVersion({ version, revision }: Pick<DebControl, "version" | "revision">): string {
  const upstream = checkField("version", version);
  return revision === undefined ? upstream : `${upstream}-${checkField("release", revision, "revision")}`;
}

/** The long description: every line behind a space, empty ones as ` .` (Debian Policy §5.6.13). */
function descriptionLines({ description, summary }: DebControl): readonly string[] {
  const text = checkText("description", description ?? `${summary}.`).trim();
  if (text === "") throw badField("description", "", "it is empty");
  return text.split("\n").map((line) => (line.trim() === "" ? " ." : ` ${line.trimEnd()}`));
}
