import { createHash } from "node:crypto";
import { type LazyContent, readContent } from "../content.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../tar/encode.ts";

/** A blob by its digest (OCI Image Specification, "Content Descriptors"). */
export interface OciDescriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly size: number;
}

/** A file of an image layout. */
export interface OciLayoutFile {
  /** `blobs/sha256/…`, `index.json` or `oci-layout`. */
  readonly path: string;
  readonly content: Uint8Array | LazyContent;
}

/** A blob that we have made, and what refers to it. */
export interface OciBlob {
  readonly descriptor: OciDescriptor;
  readonly file: OciLayoutFile;
}

/** Names octets by their digest. */
export function ociBlob(mediaType: string, pieces: readonly Uint8Array[]): OciBlob {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  const digest = `sha256:${hash.digest("hex")}`;
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const content = {
    octets: size,
    read: async function* () {
      yield* pieces;
    },
  };
  return { descriptor: { mediaType, digest, size }, file: { path: ociBlobPath(digest), content } };
}

/** A value as a blob of JSON, its keys in the order in which they were written. */
export function ociJson(mediaType: string, value: object): OciBlob {
  return ociBlob(mediaType, [Buffer.from(JSON.stringify(value))]);
}

/** Where a blob lies in a layout. */
export function ociBlobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Writes a layout as one tar archive, which is what `podman load` and `skopeo copy oci-archive:` take. */
export async function* writeLayout(files: readonly OciLayoutFile[], modified: number): AsyncGenerator<Uint8Array> {
  const common = { uid: 0, gid: 0, user: "", group: "", target: "", modified };
  for (const path of ["blobs", "blobs/sha256"]) {
    yield encodeTarHeader({ ...common, type: "directory", path, mode: 0o755 }, 0);
  }
  for (const { path, content } of files) {
    const octets = content instanceof Uint8Array ? content.length : content.octets;
    yield encodeTarHeader({ ...common, type: "file", path, mode: 0o644 }, octets);
    yield* readContent(path, content);
    yield tarPadding(octets);
  }
  yield tarEnd;
}
