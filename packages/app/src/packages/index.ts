/**
 * Installable packages of an application: `.deb`, `.rpm` and OCI images, written without any of their tools.
 *
 * @packageDocumentation
 */

export { hawserRun, quoteForShell } from "./application/command.ts";
export { initScript } from "./application/init-script.ts";
export { applicationEntries, type PackageKind } from "./application/layout.ts";
export type {
  ApplicationCommand,
  ApplicationConffile,
  ApplicationFile,
  ApplicationNode,
  ApplicationPackage,
} from "./application/package.ts";
export { type ApplicationPlaces, applicationPlaces } from "./application/places.ts";
export { packageUnit } from "./application/unit.ts";
export { packageFileName, type WritePackageOptions, writePackage } from "./application/write.ts";
export { type ArMember, arMagic, arPadding, decodeAr, encodeArHeader } from "./ar/wire.ts";
export {
  type CollectedApplication,
  type CollectedPackage,
  type CollectOptions,
  collectApplicationFiles,
} from "./collect/collect.ts";
export type { LazyContent, PackageContent } from "./content.ts";
export {
  type CpioEntry,
  type CpioFile,
  cpioPadding,
  decodeCpio,
  encodeCpioHeader,
  encodeCpioTrailer,
} from "./cpio/wire.ts";
export type { DebArchitecture, DebControl } from "./deb/control.ts";
export type { DebScripts } from "./deb/scripts.ts";
export { type DebDescription, writeDeb } from "./deb/write.ts";
export type { PackageDirectory, PackageEntry, PackageFile, PackageGhost, PackageLink } from "./entry.ts";
export { PackageError, type PackageErrorCode } from "./errors.ts";
export { type OciDescription, ociUserId, writeOci } from "./oci/write.ts";
export type { PackageWriteOptions } from "./options.ts";
export type { RpmArchitecture, RpmDescription, RpmScripts } from "./rpm/description.ts";
export { writeRpm } from "./rpm/write.ts";
export { decodeTar } from "./tar/decode.ts";
export { encodeTarHeader, type TarDialect, tarEnd, tarPadding } from "./tar/encode.ts";
export type { TarEntry, TarEntryType, TarFile } from "./tar/entry.ts";
