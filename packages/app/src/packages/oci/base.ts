import { createHash } from "node:crypto";
import type { FileTree } from "@hawser/core";
import type { LazyContent } from "../content.ts";
import { PackageError } from "../errors.ts";
import { type OciDescriptor, type OciLayoutFile, ociBlobPath } from "./blobs.ts";

/** The image that ours stands on: its layers come first, its settings stay where ours say nothing. */
export interface OciBase {
  readonly layers: readonly OciDescriptor[];
  readonly diffIds: readonly string[];
  readonly architecture: string;
  readonly environment: readonly string[];
  readonly history: readonly object[];
  readonly files: readonly OciLayoutFile[];
}

/** Manifests and configurations are some KiB. */
const jsonOctetsMax = 4 * 1024 * 1024;
/** Engines stop at 127. */
const layersMax = 126;
const chunkOctets = 256 * 1024;

/**
 * Reads an image layout, such as `skopeo copy docker://node:24-slim oci:node` makes. It must hold one image.
 * @throws {PackageError} `bad-archive`
 */
export async function readOciBase(layout: FileTree): Promise<OciBase> {
  const { manifests } = shape<Index>(await json(layout, "index.json"), ["manifests"]);
  if (manifests.length !== 1) throw damaged(`it holds ${manifests.length} images`);
  const manifest = shape<Manifest>(await blob(layout, manifests[0]!), ["layers", "config"]);
  const config = shape<Config>(await blob(layout, manifest.config), ["rootfs", "architecture"]);
  const { layers } = manifest;
  const diffIds = config.rootfs.diff_ids;
  if (layers.length !== diffIds?.length || layers.length > layersMax)
    throw damaged("its layers are not what they should be");
  return {
    layers,
    diffIds,
    architecture: String(config.architecture),
    environment: (config.config?.Env ?? []).filter((one) => typeof one === "string"),
    history: config.history ?? [],
    files: layers.map(({ digest, size }) => ({ path: checkedBlobPath(digest), content: lazy(layout, digest, size) })),
  };
}

interface Index {
  readonly manifests: readonly OciDescriptor[];
}

interface Manifest {
  readonly config: OciDescriptor;
  readonly layers: readonly OciDescriptor[];
}

interface Config {
  readonly architecture: string;
  readonly rootfs: { readonly diff_ids?: readonly string[] };
  readonly config?: { readonly Env?: readonly unknown[] };
  readonly history?: readonly object[];
}

async function blob(layout: FileTree, { digest }: OciDescriptor): Promise<unknown> {
  const octets = await layout.readFile(checkedBlobPath(digest), { octetsMax: jsonOctetsMax });
  if (`sha256:${createHash("sha256").update(octets).digest("hex")}` !== digest) throw damaged("a digest is wrong");
  return parse(octets);
}

async function json(layout: FileTree, path: string): Promise<unknown> {
  return parse(await layout.readFile(path, { octetsMax: jsonOctetsMax }));
}

function parse(octets: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(octets).toString());
  } catch (cause) {
    throw damaged("it holds JSON that is none", cause);
  }
}

/** Takes a value for what it should be if its members are there; what is in them is checked where it is used. */
function shape<Shape>(value: unknown, members: readonly (keyof Shape & string)[]): Shape {
  const isObject = typeof value === "object" && value !== null;
  if (!isObject || members.some((member) => typeof (value as Record<string, unknown>)[member] === "undefined")) {
    throw damaged(`it lacks ${members.join(" or ")}`);
  }
  return value as Shape;
}

function checkedBlobPath(digest: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw damaged("it has a digest that is none");
  return ociBlobPath(digest);
}

function lazy(layout: FileTree, digest: string, octets: number): LazyContent {
  return {
    octets,
    async *read() {
      await using file = await layout.open(checkedBlobPath(digest));
      for (let at = 0; at < octets; at += chunkOctets) yield file.read(at, Math.min(chunkOctets, octets - at));
    },
  };
}

function damaged(reason: string, cause?: unknown): PackageError {
  return new PackageError("bad-archive", `Cannot read the OCI image layout: ${reason}`, { cause });
}
