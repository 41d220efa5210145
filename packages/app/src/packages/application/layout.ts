import { badPath, checkRelativePath } from "../checks.ts";
import type { PackageDirectory, PackageEntry, PackageFile } from "../entry.ts";
import { ownNode } from "./command.ts";
import { changelog, copyrightText } from "./documents.ts";
import { initScript } from "./init-script.ts";
import { lintianOverrides } from "./overrides.ts";
import type { ApplicationPackage } from "./package.ts";
import { type ApplicationPlaces, applicationPlaces } from "./places.ts";
import { packageUnit } from "./unit.ts";

/** The kinds of packages that an application can be made into. */
export type PackageKind = "deb" | "rpm" | "oci";

/**
 * What an application puts into the file system: the same for every kind, but for what starts it.
 * @throws {PackageError} `bad-path`, `bad-field`
 */
export function applicationEntries(application: ApplicationPackage, kind: PackageKind): readonly PackageEntry[] {
  const places = applicationPlaces(application);
  return [
    ...programEntries(application, places),
    ...configurationEntries(application, places),
    ...dataEntries(places, kind),
    ...(kind === "oci" ? [] : serviceEntries(application, places, kind)),
    ...(kind === "oci" ? [] : documentEntries(application, places)),
    ...(kind === "deb" ? [file(`/usr/share/lintian/overrides/${places.name}`, lintianOverrides(application))] : []),
  ];
}

function programEntries(application: ApplicationPackage, places: ApplicationPlaces): readonly PackageEntry[] {
  const { program } = places;
  const files = application.files.map(
    ({ path, content, mode }): PackageFile => ({ ...file(`${program}/${checkRelativePath(path)}`, content), mode }),
  );
  const { node } = application;
  if (typeof node === "object") files.push({ ...file(ownNode(places), node.binary), mode: 0o755 });
  return [...foldersOf(files, program), ...files];
}

function configurationEntries(application: ApplicationPackage, places: ApplicationPlaces): readonly PackageEntry[] {
  const { configuration, tap, user } = places;
  const secret = { mode: 0o640, group: user };
  const conffiles = (application.conffiles ?? []).map((one): PackageFile => {
    if (!one.path.startsWith("/etc/")) throw badPath(one.path, "a conffile lies below /etc");
    return { ...file(one.path, one.content), ...(one.secret === true ? secret : {}), config: true };
  });
  return [
    directory(configuration),
    ...foldersOf(conffiles, configuration).filter(({ path }) => path !== configuration),
    // It may hold secrets: only the service reads it.
    { ...file(tap, application.tap.content), ...secret, config: true },
    ...conffiles,
  ];
}

function dataEntries({ state, logs, log, user }: ApplicationPlaces, kind: PackageKind): readonly PackageEntry[] {
  const owner = { user, group: user };
  return [
    { ...directory(state), ...owner, mode: 0o750 },
    { ...directory(logs), ...owner, mode: 0o750 },
    // RPM takes the log away with the package; a deb is purged.
    ...(kind === "rpm" ? [{ type: "ghost" as const, path: log, ...owner }] : []),
  ];
}

function serviceEntries(application: ApplicationPackage, places: ApplicationPlaces, kind: PackageKind): PackageEntry[] {
  const units = kind === "rpm" ? "/usr/lib/systemd/system" : "/lib/systemd/system";
  return [
    file(`${units}/${places.name}.service`, application.unit ?? packageUnit(application)),
    // RPM's distributions want none of these to be a conffile, Debian all (Debian Policy §9.3.2).
    { ...file(places.initScript, initScript(application)), mode: 0o755, config: kind === "deb" },
  ];
}

function documentEntries(application: ApplicationPackage, { documents }: ApplicationPlaces): readonly PackageEntry[] {
  return [
    directory(documents),
    { ...file(`${documents}/changelog.gz`, changelog(application)), documentation: true },
    { ...file(`${documents}/copyright`, copyrightText(application)), documentation: true },
  ];
}

/** The folders between a folder of ours and the files below it, so that they are ours as well. */
function foldersOf(files: readonly PackageFile[], top: string): readonly PackageDirectory[] {
  const folders = new Set([top]);
  for (const { path } of files.filter((one) => one.path.startsWith(`${top}/`))) {
    for (let end = path.lastIndexOf("/"); end > top.length; end = path.lastIndexOf("/", end - 1)) {
      folders.add(path.slice(0, end));
    }
  }
  return [...folders].map(directory);
}

function file(path: string, content: PackageFile["content"]): PackageFile {
  return { type: "file", path, content };
}

function directory(path: string): PackageDirectory {
  return { type: "directory", path };
}
