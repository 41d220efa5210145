import type { FileTree } from "@hawser/core";
import { checkField, checkInteger, checkLine } from "../checks.ts";
import { checkEntries, type PackageEntry } from "../entry.ts";
import type { PackageWriteOptions } from "../options.ts";
import { type OciBase, readOciBase } from "./base.ts";
import { type OciDescriptor, ociJson, writeLayout } from "./blobs.ts";
import { type OciLayer, OciLayerBuilder } from "./layer.ts";

/** Everything that an image is made of. */
export interface OciDescription {
  readonly name: string;
  readonly version: string;
  readonly maintainer: string;
  readonly summary: string;
  readonly homepage?: string | undefined;
  readonly license?: string | undefined;
  /** As Go calls it. Empty for the base's; amd64 where there is none. */
  readonly architecture: string;
  readonly entries: readonly PackageEntry[];
  /** The whole command line. */
  readonly command: readonly string[];
  /** Where it is started. */
  readonly directory: string;
  /** Who runs it and owns files in it: a name for the entries; the image knows it by {@link ociUserId}. */
  readonly user: string;
  /** A layout that holds one image, whose layers come first: it brings Node and its libraries. Default: nothing. */
  readonly base?: FileTree | undefined;
  /** The time of everything in it, in seconds since 1970: what SOURCE_DATE_EPOCH holds. */
  readonly modified: number;
}

/** The number of the user and the group that an image runs as: none that a distribution or a base gives away. */
export const ociUserId = 10_001;

/**
 * Writes an OCI image layout (OCI Image Specification, "Image Layout") of one image as a tar archive: the base's layers,
 * and one of ours. The same description gives the same octets.
 * @throws {PackageError}
 */
export async function* writeOci(
  description: OciDescription,
  options: PackageWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  checkDescription(description);
  const base = description.base === undefined ? nothing : await readOciBase(description.base);
  const layer = await buildLayer(description, options);
  const config = ociJson("application/vnd.oci.image.config.v1+json", imageConfig(description, base, layer));
  const manifest = ociJson(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: config.descriptor,
    layers: [...base.layers, layer.blob.descriptor],
  });
  const blobs = [...base.files, layer.blob.file, config.file, manifest.file];
  yield* writeLayout(
    [
      { path: "oci-layout", content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
      { path: "index.json", content: Buffer.from(JSON.stringify(imageIndex(description, manifest.descriptor))) },
      ...new Map(blobs.map((blob) => [blob.path, blob])).values(),
    ],
    description.modified,
  );
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

const nothing: OciBase = {
  layers: [],
  diffIds: [],
  architecture: "amd64",
  environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  history: [],
  files: [],
};

async function buildLayer(
  { entries, user, modified }: OciDescription,
  options: PackageWriteOptions,
): Promise<OciLayer> {
  const builder = new OciLayerBuilder(modified, { [user]: ociUserId, root: 0 });
  for (const entry of checkEntries(entries, options)) {
    options.signal?.throwIfAborted();
    await builder.add(entry);
  }
  return builder.finish();
}

function imageConfig(description: OciDescription, base: OciBase, { diffId }: OciLayer): object {
  const created = timeText(description.modified);
  return {
    created,
    author: description.maintainer,
    architecture: description.architecture || base.architecture,
    os: "linux",
    config: {
      User: `${ociUserId}:${ociUserId}`,
      Env: base.environment,
      Entrypoint: description.command,
      WorkingDir: description.directory,
      Volumes: { [description.directory]: {} },
      StopSignal: "SIGTERM",
      Labels: annotations(description),
    },
    rootfs: { type: "layers", diff_ids: [...base.diffIds, diffId] },
    history: [...base.history, { created, created_by: `${description.name} ${description.version}` }],
  };
}

function imageIndex({ version }: OciDescription, descriptor: OciDescriptor): object {
  const named = {
    ...descriptor,
    annotations: { "org.opencontainers.image.ref.name": version.replace(/[^\w.-]/g, "-") },
  };
  return { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [named] };
}

/** OCI Image Specification, "Pre-Defined Annotation Keys". */
function annotations({ name, version, maintainer, summary, homepage, license }: OciDescription): object {
  const values = { title: name, version, authors: maintainer, description: summary, url: homepage, licenses: license };
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [`org.opencontainers.image.${key}`, value]));
}

function checkDescription({ name, version, maintainer, summary, homepage, license, modified }: OciDescription): void {
  checkField("name", name);
  checkField("version", version);
  checkField("maintainer", maintainer);
  checkLine("summary", summary);
  checkInteger("modified", modified, 0xffff_ffff);
  if (homepage !== undefined) checkField("homepage", homepage);
  if (license !== undefined) checkField("license", license);
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}
