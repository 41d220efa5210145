import { createHash } from "node:crypto";
import { readContent } from "../content.ts";
import { type CheckedEntry, entryOctets } from "../entry.ts";
import { GzipBuilder } from "../gzip.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../tar/encode.ts";
import { type OciBlob, ociBlob } from "./blobs.ts";

/** A layer of an image: the blob, and the digest of what it unpacks to. */
export interface OciLayer {
  readonly blob: OciBlob;
  readonly diffId: string;
}

/** The media type of our layers. */
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Collects the files of one layer (OCI Image Specification, "Image Layer Filesystem Changeset"). */
export class OciLayerBuilder {
  readonly #gzip = new GzipBuilder();
  readonly #hash = createHash("sha256");
  readonly #modified: number;
  readonly #ids: Readonly<Record<string, number>>;

  /** @param ids the numbers of users and groups; 0 for who is not there */
  constructor(modified: number, ids: Readonly<Record<string, number>>) {
    this.#modified = modified;
    this.#ids = ids;
  }

  async add(entry: CheckedEntry): Promise<void> {
    if (entry.type === "ghost") return;
    this.#put(this.#header(entry));
    if (entry.type !== "file") return;
    for await (const chunk of readContent(entry.path, entry.content)) this.#put(chunk);
    this.#put(tarPadding(entryOctets(entry)));
  }

  finish(): OciLayer {
    this.#put(tarEnd);
    return { blob: ociBlob(layerType, this.#gzip.finish()), diffId: `sha256:${this.#hash.digest("hex")}` };
  }

  #header(entry: CheckedEntry & { readonly type: "file" | "directory" | "link" }): Uint8Array {
    const { type, mode, user, group } = entry;
    const target = entry.type === "link" ? entry.target : "";
    const owner = { uid: this.#ids[user] ?? 0, gid: this.#ids[group] ?? 0, user, group };
    const header = { type, path: entry.path.slice(1), mode, ...owner, target, modified: this.#modified };
    return encodeTarHeader(header, entryOctets(entry));
  }

  #put(octets: Uint8Array): void {
    this.#hash.update(octets);
    this.#gzip.add(octets);
  }
}
