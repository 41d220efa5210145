import { createHash, type Hash } from "node:crypto";
import { readContent } from "../content.ts";
import { cpioPadding, encodeCpioHeader, encodeCpioTrailer } from "../cpio/wire.ts";
import type { CheckedEntry } from "../entry.ts";
import { GzipBuilder } from "../gzip.ts";
import { type RpmFile, rpmFileOctets, rpmMode } from "./files.ts";

/** The files of a package as a compressed cpio archive, and what the headers tell of them. */
export interface RpmPayload {
  readonly compressed: readonly Uint8Array[];
  /** Before it was compressed. */
  readonly octets: number;
  /** SHA-256 in hexadecimal, before it was compressed. */
  readonly digest: string;
  readonly files: readonly RpmFile[];
}

/** Collects a package's files, one by one. */
export class RpmPayloadBuilder {
  readonly #gzip = new GzipBuilder();
  readonly #hash: Hash = createHash("sha256");
  readonly #files: RpmFile[] = [];
  readonly #modified: number;

  constructor(modified: number) {
    this.#modified = modified;
  }

  async add(entry: CheckedEntry): Promise<void> {
    if (entry.type === "ghost") return this.#list(entry, "");
    const octets = rpmFileOctets(entry);
    this.#put(this.#header(entry, octets));
    const digest = entry.type === "file" ? await this.#content(entry) : "";
    if (entry.type === "link") this.#put(Buffer.from(entry.target));
    this.#put(cpioPadding(octets));
    this.#list(entry, digest);
  }

  finish(): RpmPayload {
    this.#put(encodeCpioTrailer());
    const digest = this.#hash.digest("hex");
    return { compressed: this.#gzip.finish(), octets: this.#gzip.octets, digest, files: this.#files };
  }

  async #content({ path, content }: CheckedEntry & { readonly type: "file" }): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of readContent(path, content)) {
      hash.update(chunk);
      this.#put(chunk);
    }
    return hash.digest("hex");
  }

  /** The numbers are those of the header's lists: inodes count from 1, and only directories have two links. */
  #header(entry: CheckedEntry, octets: number): Uint8Array {
    const links = entry.type === "directory" ? 2 : 1;
    const owner = { uid: 0, gid: 0, modified: this.#modified };
    const inode = this.#files.length + 1;
    return encodeCpioHeader({ ...owner, path: `.${entry.path}`, mode: rpmMode(entry), inode, links }, octets);
  }

  #put(octets: Uint8Array): void {
    this.#hash.update(octets);
    this.#gzip.add(octets);
  }

  #list(entry: CheckedEntry, digest: string): void {
    this.#files.push({ entry, digest });
  }
}
