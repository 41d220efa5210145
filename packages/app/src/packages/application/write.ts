import { debVersion } from "../deb/control.ts";
import { type DebDescription, writeDeb } from "../deb/write.ts";
import { type OciDescription, writeOci } from "../oci/write.ts";
import type { PackageWriteOptions } from "../options.ts";
import type { RpmDescription } from "../rpm/description.ts";
import { writeRpm } from "../rpm/write.ts";
import { applicationStart } from "./command.ts";
import { debScripts } from "./deb-scripts.ts";
import { descriptionText, unspecifiedLicense } from "./documents.ts";
import { applicationEntries, type PackageKind } from "./layout.ts";
import { applicationMachine } from "./machines.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";
import { rpmScripts } from "./rpm-scripts.ts";

/** How an application is written as a package. */
export interface WritePackageOptions extends PackageWriteOptions {
  /** For an image: what it stands on. */
  readonly base?: OciDescription["base"];
}

/**
 * Writes an application as a package: a `.deb`, an `.rpm`, or an archive of an OCI image layout. The same application gives
 * the same octets, on every system (and with every Node of the same zlib).
 * @throws {PackageError}
 */
export function writePackage(
  kind: PackageKind,
  application: ApplicationPackage,
  options: WritePackageOptions = {},
): AsyncIterable<Uint8Array> {
  switch (kind) {
    case "deb":
      return writeDeb(debDescription(application), options);
    case "rpm":
      return writeRpm(rpmDescription(application), options);
    case "oci":
      return writeOci(ociDescription(application, options), options);
    default:
      return kind satisfies never;
  }
}

/** What a package is called unless somebody wants another name: `NAME_VERSION_all.deb`, `NAME-VERSION-1.noarch.rpm`. */
export function packageFileName(kind: PackageKind, application: ApplicationPackage): string {
  const { name } = applicationPlaces(application);
  const version = debVersion(application);
  const machine = applicationMachine(application);
  const names: Readonly<Record<PackageKind, string>> = {
    deb: `${name}_${version}_${machine.deb}.deb`,
    rpm: `${name}-${version}-1.${machine.rpm}.rpm`,
    oci: `${name}-${version}.oci.tar`,
  };
  return names[kind];
}

/** The Node that runs us (README), in Debian's words. */
const nodePackages = { depend: ["nodejs (>= 20.19)"], none: [] } as const;
/** What the published binaries of Node are linked to. */
const nodeLibraries = ["libc6 (>= 2.28)", "libstdc++6"] as const;

/** The same in RPM's. Fedora's nodejs has an epoch, which would let every version pass; its engine has none. */
const nodeCapabilities = { depend: ["nodejs(engine) >= 20.19"], none: [] } as const;
const nodeSharedObjects = ["libc.so.6", "libstdc++.so.6"] as const;

/** Elsewhere shared objects are asked for by their word's length as well. */
const narrowMachines: readonly string[] = ["armv7hl", "i686"];

function debDescription(application: ApplicationPackage): DebDescription {
  const { name, version, maintainer, summary, homepage, node = "depend", depends: more = [], modified } = application;
  const depends = [...(typeof node === "string" ? nodePackages[node] : nodeLibraries), "passwd"];
  const architecture = applicationMachine(application).deb;
  const description = descriptionText(application);
  const entries = applicationEntries(application, "deb");
  return {
    control: {
      name,
      version,
      maintainer,
      summary,
      description,
      homepage,
      architecture,
      depends: [...depends, ...more],
    },
    entries,
    scripts: debScripts(applicationPlaces(application), entries),
    modified,
  };
}

function rpmDescription(application: ApplicationPackage): RpmDescription {
  const { name, version, maintainer, summary, homepage, node = "depend", modified } = application;
  const architecture = applicationMachine(application).rpm;
  const word = narrowMachines.includes(architecture) ? "" : "()(64bit)";
  const nodeNeeds = typeof node === "string" ? nodeCapabilities[node] : nodeSharedObjects.map((one) => one + word);
  const tools = ["/usr/bin/getent", "/usr/sbin/groupadd", "/usr/sbin/useradd"];
  return {
    ...{ name, version, maintainer, summary, homepage, modified },
    license: application.license ?? unspecifiedLicense,
    description: descriptionText(application),
    architecture,
    requires: [...nodeNeeds, ...tools, ...(application.requires ?? [])],
    entries: applicationEntries(application, "rpm"),
    scripts: rpmScripts(applicationPlaces(application)),
  };
}

function ociDescription(application: ApplicationPackage, { base }: WritePackageOptions): OciDescription {
  const { name, version, maintainer, summary, homepage, license, modified } = application;
  const { user, state } = applicationPlaces(application);
  return {
    ...{ name, version, maintainer, summary, homepage, license, modified, base, user },
    architecture: applicationMachine(application).oci,
    entries: applicationEntries(application, "oci"),
    command: applicationStart(application).foreground,
    directory: state,
  };
}
