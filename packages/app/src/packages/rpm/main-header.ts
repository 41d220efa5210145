import { createHash } from "node:crypto";
import { parseRpmDependency, type RpmDependency, rpmFeatures } from "./dependencies.ts";
import type { RpmDescription, RpmScripts } from "./description.ts";
import { rpmFileOctets, rpmFileValues } from "./files.ts";
import { encodeRpmHeader, rpmRegions } from "./header.ts";
import type { RpmPayload } from "./payload.ts";
import { type RpmValues, rpmSha256, rpmTags, rpmSenseFlags as sense } from "./tags.ts";

type Values = RpmValues<typeof rpmTags>;

/** The main header: everything that rpm knows of a package without unpacking it. */
export function encodeRpmMainHeader(description: RpmDescription, payload: RpmPayload): Uint8Array {
  return encodeRpmHeader(rpmRegions.main, rpmTags, {
    ...aboutValues(description),
    ...changelogValues(description),
    ...scriptValues(description.scripts ?? {}),
    ...provideValues(provided(description)),
    ...requireValues(required(description)),
    ...rpmFileValues(payload.files, description.modified),
    ...payloadValues(payload),
  });
}

function aboutValues(description: RpmDescription): Values {
  const { name, version, release = "1", summary, license, maintainer, homepage, architecture, modified } = description;
  return {
    languages: ["C"],
    name,
    version,
    release,
    summary,
    description: (description.description ?? summary).trim(),
    buildTime: [modified],
    buildHost: "localhost",
    vendor: maintainer.replace(/ <[^>]*>$/, ""),
    license,
    packager: maintainer,
    group: description.group ?? "System Environment/Daemons",
    url: homepage,
    os: "linux",
    architecture,
    // Without the name of a source package rpm would take this for one.
    sourcePackage: `${name}-${version}-${release}.src.rpm`,
    rpmVersion: "4.18.0",
    platform: `${architecture}-unknown-linux`,
    encoding: "utf-8",
  };
}

/** One entry, at noon of its day as rpmbuild writes it. */
function changelogValues({ modified, maintainer, version, release = "1" }: RpmDescription): Values {
  return {
    changelogTimes: [modified - (modified % daySeconds) + daySeconds / 2],
    changelogNames: [`${maintainer} - ${version}-${release}`],
    changelogTexts: [`- Version ${version}`],
  };
}

const daySeconds = 24 * 60 * 60;

/** A script's first line tells the program that runs it. */
function scriptValues({ preInstall, postInstall, preUninstall, postUninstall }: RpmScripts): Values {
  return {
    preInstall,
    postInstall,
    preUninstall,
    postUninstall,
    preInstallProgram: interpreterOf(preInstall),
    postInstallProgram: interpreterOf(postInstall),
    preUninstallProgram: interpreterOf(preUninstall),
    postUninstallProgram: interpreterOf(postUninstall),
  };
}

function interpreterOf(script: string | undefined): string | undefined {
  return script === undefined ? undefined : /^#!(\S+)/.exec(script)?.[1];
}

function provided({ name, version, release = "1", provides = [], entries }: RpmDescription): readonly RpmDependency[] {
  const itself = { version: `${version}-${release}`, flags: sense.equal };
  const config = { ...itself, name: `config(${name})`, flags: sense.equal | sense.config };
  return [...(hasConfig(entries) ? [config] : []), { ...itself, name }, ...provides.map(parseRpmDependency)];
}

function required(description: RpmDescription): readonly RpmDependency[] {
  const { name, version, release = "1", requires = [], entries } = description;
  const config = { name: `config(${name})`, flags: sense.equal | sense.config, version: `${version}-${release}` };
  return [
    ...(hasConfig(entries) ? [config] : []),
    ...requires.map(parseRpmDependency),
    ...interpreters(description.scripts ?? {}),
    ...rpmFeatures([version, release]),
  ];
}

function hasConfig(entries: RpmDescription["entries"]): boolean {
  return entries.some((entry) => entry.type === "file" && entry.config === true);
}

function interpreters(scripts: RpmScripts): readonly RpmDependency[] {
  return (["preInstall", "postInstall", "preUninstall", "postUninstall"] as const).flatMap((when) => {
    const name = interpreterOf(scripts[when]);
    return name === undefined ? [] : [{ name, flags: sense.interpreter | sense[when], version: "" }];
  });
}

function provideValues(dependencies: readonly RpmDependency[]): Values {
  const { names, flags, versions } = lists(dependencies);
  return { provideNames: names, provideFlags: flags, provideVersions: versions };
}

function requireValues(dependencies: readonly RpmDependency[]): Values {
  const { names, flags, versions } = lists(dependencies);
  return { requireNames: names, requireFlags: flags, requireVersions: versions };
}

function lists(dependencies: readonly RpmDependency[]): {
  readonly names: readonly string[];
  readonly flags: readonly number[];
  readonly versions: readonly string[];
} {
  return {
    names: dependencies.map(({ name }) => name),
    flags: dependencies.map(({ flags }) => flags),
    versions: dependencies.map(({ version }) => version),
  };
}

function payloadValues({ compressed, digest, files }: RpmPayload): Values {
  const hash = createHash("sha256");
  for (const piece of compressed) hash.update(piece);
  return {
    size: [files.reduce((sum, { entry }) => sum + rpmFileOctets(entry), 0)],
    payloadFormat: "cpio",
    payloadCompressor: "gzip",
    payloadFlags: "6",
    payloadDigests: [hash.digest("hex")],
    payloadDigestAlgorithm: [rpmSha256],
    payloadPlainDigests: [digest],
  };
}
