import { builtIn, type FileStat } from "@hawser/core";
import { formatEntityTag, type HttpEntityTag } from "../fields/entity-tag.ts";
import { formatHttpDate } from "../fields/http-date.ts";
import { HttpHeaders } from "../http/headers.ts";

/** A time of modification this near to now may stay the same when the file changes again: file systems count in up to 2 s (FAT). */
const racyMs = 2_000;

/** One version of one file, ready to be sent: what its answers say about it, and its content when that is in memory. */
export class FileRepresentation {
  readonly #facts: RepresentationFacts;
  readonly etag: HttpEntityTag;
  /** Milliseconds since 1970; never later than it was when the file was looked at (RFC 9110 §8.8.2.1). */
  readonly lastModified: number;
  /** The fields of a 200 answer. Copied for each answer, since filters may change them. */
  readonly headers: HttpHeaders;
  content: Uint8Array | undefined;

  constructor(about: RepresentationFacts) {
    this.#facts = about;
    this.etag = entityTagOf(about.stat, about.wallMs);
    this.lastModified = Math.min(about.stat.modified, about.wallMs);
    this.headers = new HttpHeaders(fields(about, this.etag, this.lastModified));
  }

  get path(): readonly string[] {
    return this.#facts.path;
  }

  get stat(): FileStat {
    return this.#facts.stat;
  }

  /** The content coding of a file that was compressed before; `identity` for the file itself. */
  get coding(): string {
    return this.#facts.coding;
  }

  /** The same file, as it was found to be later. */
  changedTo(stat: FileStat, wallMs: number): FileRepresentation {
    return new FileRepresentation({ ...this.#facts, stat, wallMs });
  }

  /** Says whether `stat` tells of this version. */
  isVersion(stat: FileStat): boolean {
    const { identity, modified, octets } = this.stat;
    return stat.identity === identity && stat.modified === modified && stat.octets === octets;
  }

  /**
   * Says whether this may go on to be served for what was found now. One whose time was fresh when it was looked at may
   * not: it may have changed since, within one tick of the file system's clock.
   */
  servesFor(found: RepresentationFacts): boolean {
    const { path, coding, varies } = this.#facts;
    const alike = found.coding === coding && found.varies === varies && found.path.join("/") === path.join("/");
    return alike && !this.etag.weak && this.isVersion(found.stat);
  }
}

/** What a {@link FileRepresentation} is made from. */
export interface RepresentationFacts {
  readonly path: readonly string[];
  readonly stat: FileStat;
  readonly coding: string;
  readonly mediaType: string;
  readonly cacheControl: string | undefined;
  /** Whether Accept-Encoding chose this one. */
  readonly varies: boolean;
  /** The time of day when `stat` was told. */
  readonly wallMs: number;
}

/**
 * The validator of a version (RFC 9110 §8.8.3): which file it is, when it was changed, and how long it is, hashed so that
 * nobody learns inode numbers. It is weak while the time of modification is fresh (§8.8.1).
 */
function entityTagOf(stat: FileStat, wallMs: number): HttpEntityTag {
  const facts = `${stat.identity} ${stat.modified} ${stat.octets}`;
  const opaque = builtIn("node:crypto").createHash("sha256").update(facts).digest("base64url").slice(0, 16);
  return { weak: Math.abs(wallMs - stat.modified) < racyMs, opaque };
}

function fields(about: RepresentationFacts, etag: HttpEntityTag, lastModified: number): [string, string][] {
  const list: [string, string][] = [
    ["content-type", about.mediaType],
    ["etag", formatEntityTag(etag)],
    ["last-modified", formatHttpDate(lastModified)],
    ["accept-ranges", "bytes"],
  ];
  if (about.coding !== "identity") list.push(["content-encoding", about.coding]);
  if (about.varies) list.push(["vary", "Accept-Encoding"]);
  if (about.cacheControl !== undefined) list.push(["cache-control", about.cacheControl]);
  return list;
}
