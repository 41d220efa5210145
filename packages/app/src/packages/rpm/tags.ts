/** How a value of a header is kept, and the number that says so (RPM's package format, "Header structure"). */
export const rpmTypes = {
  int16: 3,
  int32: 4,
  string: 6,
  binary: 7,
  strings: 8,
  translated: 9,
} as const;

/** The kinds of values. */
export type RpmType = keyof typeof rpmTypes;

/** The values of the signature's header (RPM's package format, "Signature"). */
export const rpmSignatureTags = {
  sha1: [269, "string"],
  sha256: [273, "string"],
  size: [1000, "int32"],
  md5: [1004, "binary"],
  payloadSize: [1007, "int32"],
} as const;

/** The values of the main header that we write, by number, as they are stored. */
export const rpmTags = {
  languages: [100, "strings"],
  name: [1000, "string"],
  version: [1001, "string"],
  release: [1002, "string"],
  summary: [1004, "translated"],
  description: [1005, "translated"],
  buildTime: [1006, "int32"],
  buildHost: [1007, "string"],
  size: [1009, "int32"],
  vendor: [1011, "string"],
  license: [1014, "string"],
  packager: [1015, "string"],
  group: [1016, "translated"],
  url: [1020, "string"],
  os: [1021, "string"],
  architecture: [1022, "string"],
  preInstall: [1023, "string"],
  postInstall: [1024, "string"],
  preUninstall: [1025, "string"],
  postUninstall: [1026, "string"],
  fileSizes: [1028, "int32"],
  fileModes: [1030, "int16"],
  fileDevices: [1033, "int16"],
  fileTimes: [1034, "int32"],
  fileDigests: [1035, "strings"],
  fileLinkTargets: [1036, "strings"],
  fileFlags: [1037, "int32"],
  fileUsers: [1039, "strings"],
  fileGroups: [1040, "strings"],
  sourcePackage: [1044, "string"],
  fileVerifyFlags: [1045, "int32"],
  provideNames: [1047, "strings"],
  requireFlags: [1048, "int32"],
  requireNames: [1049, "strings"],
  requireVersions: [1050, "strings"],
  rpmVersion: [1064, "string"],
  changelogTimes: [1080, "int32"],
  changelogNames: [1081, "strings"],
  changelogTexts: [1082, "strings"],
  preInstallProgram: [1085, "string"],
  postInstallProgram: [1086, "string"],
  preUninstallProgram: [1087, "string"],
  postUninstallProgram: [1088, "string"],
  fileVolumes: [1095, "int32"],
  fileInodes: [1096, "int32"],
  fileLanguages: [1097, "strings"],
  provideFlags: [1112, "int32"],
  provideVersions: [1113, "strings"],
  directoryIndexes: [1116, "int32"],
  baseNames: [1117, "strings"],
  directoryNames: [1118, "strings"],
  payloadFormat: [1124, "string"],
  payloadCompressor: [1125, "string"],
  payloadFlags: [1126, "string"],
  platform: [1132, "string"],
  fileDigestAlgorithm: [5011, "int32"],
  encoding: [5062, "string"],
  payloadDigests: [5092, "strings"],
  payloadDigestAlgorithm: [5093, "int32"],
  payloadPlainDigests: [5097, "strings"],
} as const;

/** Values by name: their number, and how they are kept. */
export type RpmTagTable = Readonly<Record<string, readonly [tag: number, type: RpmType]>>;

/** What a value of each kind is here. */
export interface RpmValueTypes {
  readonly int16: readonly number[];
  readonly int32: readonly number[];
  readonly string: string;
  readonly binary: Uint8Array;
  readonly strings: readonly string[];
  readonly translated: string;
}

/** Values for the tags of a table; what is `undefined`, or an empty list, is left out. */
export type RpmValues<Table extends RpmTagTable> = {
  readonly [Name in keyof Table]?: RpmValueTypes[Table[Name][1]] | undefined;
};

/** What a file is besides its mode (`%config`, `%doc`, `%ghost`). */
export const rpmFileFlags = { config: 1, documentation: 2, noReplace: 16, ghost: 64 } as const;

/** What a dependency says of versions, and why it is there. */
export const rpmSenseFlags = {
  less: 0x2,
  greater: 0x4,
  equal: 0x8,
  interpreter: 0x100,
  preInstall: 0x200,
  postInstall: 0x400,
  preUninstall: 0x800,
  postUninstall: 0x1000,
  rpmlib: 0x1000000,
  config: 0x10000000,
} as const;

/** SHA-256, as OpenPGP numbers hash algorithms and RPM does with it. */
export const rpmSha256 = 8;
