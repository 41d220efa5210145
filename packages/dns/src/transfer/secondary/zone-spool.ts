import { createHash } from "node:crypto";
import { encodeLengthPrefixed, FileError, type FileTree, LengthPrefixedReader, type OpenFile } from "@hawser/core";
import type { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { ZoneError } from "../../authority/errors.ts";
import type { Zone } from "../../authority/zone.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import { dnsMessageOctetsMax } from "../../limits.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { ZoneTransferError } from "../errors.ts";
import { ZoneTransferReader } from "../in/reader.ts";
import type { ZoneTransferLimits } from "../limits.ts";
import { setsOfChanges, wholeZone } from "../out/outgoing-sets.ts";
import { transferMessages } from "../out/transfer-messages.ts";

/** A copy as it was kept. */
export interface SpooledZone {
  readonly zone: Zone;
  /** When it was last found good: milliseconds since 1970. */
  readonly refreshedAt: number;
}

/** What is read and written at a time. */
const chunkOctets = 262_144;

/** Steps that a file holds behind the zone before it is written anew: as much as the zone, and no less than this. */
const stepsOctetsMin = 65_536;

/**
 * Keeps a copy of a zone in a file: transfers as they are on the wire, first of the whole zone, then of the steps since. They
 * are read as suspiciously as what comes from a primary; steps that a crash cut off are left out. When the file was last
 * modified tells when the copy was found good.
 */
export class ZoneSpool {
  readonly #files: FileTree;
  readonly #path: string;
  readonly #origin: DomainName;
  readonly #class: number;
  /** Octets of the file that can be read, and those of the whole zone in it; 0: there is none. */
  #octets = 0;
  #wholeOctets = 0;

  constructor(files: FileTree, origin: DomainName, zoneClass: number) {
    this.#files = files;
    this.#path = fileNameOf(origin);
    this.#origin = origin;
    this.#class = zoneClass;
  }

  /**
   * Reads the copy; `undefined` when there is none, or none that can be read.
   * @throws {FileError} when the file is there and cannot be opened
   */
  async load(makeZone: (contents: ZoneContents) => Zone, limits: ZoneTransferLimits): Promise<SpooledZone | undefined> {
    const file = await this.#open();
    if (file === undefined) return undefined;
    try {
      const { modified } = await file.stat();
      const zone = await this.#read(file, makeZone, limits);
      return zone && { zone, refreshedAt: modified };
    } finally {
      await file.close();
    }
  }

  /** Keeps steps, or the whole zone where that is less. @throws {FileError} */
  async append(zone: Zone, changes: readonly ZoneChange[]): Promise<void> {
    const isLong = this.#octets - this.#wholeOctets > Math.max(this.#wholeOctets, stepsOctetsMin);
    if (this.#wholeOctets === 0 || isLong) return this.write(zone);
    const file = await this.#files.open(this.#path, { write: true });
    try {
      await file.truncate(this.#octets);
      this.#octets = await this.#put(file, this.#octets, "IXFR", setsOfChanges(changes));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Keeps the whole zone, in place of what was kept. @throws {FileError} */
  async write(zone: Zone): Promise<void> {
    const draft = `${this.#path}.new`;
    const file = await this.#files.open(draft, { write: true, create: true, truncate: true, mode: 0o600 });
    try {
      this.#octets = this.#wholeOctets = await this.#put(file, 0, "AXFR", wholeZone(zone));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#files.rename(draft, this.#path, { takePlace: true });
  }

  /** Remembers when the copy was found good. @throws {FileError} */
  async touch(wallMs: number): Promise<void> {
    if (this.#wholeOctets > 0) await this.#files.setAttributes(this.#path, { modified: wallMs });
  }

  async #open(): Promise<OpenFile | undefined> {
    try {
      return await this.#files.open(this.#path);
    } catch (error) {
      if (error instanceof FileError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  async #read(
    file: OpenFile,
    makeZone: (contents: ZoneContents) => Zone,
    limits: ZoneTransferLimits,
  ): Promise<Zone | undefined> {
    const question = { id: 0, origin: this.#origin, class: this.#class, limits };
    let zone: Zone | undefined;
    let reader = new ZoneTransferReader(question);
    let at = 0;
    try {
      for await (const octets of framesOf(file)) {
        at += 2 + octets.length;
        const outcome = reader.receive(octets, 0);
        if (outcome === undefined) continue;
        if (outcome.type === "contents") zone = makeZone(outcome.contents);
        else if (outcome.type === "changes") for (const change of outcome.changes) zone!.apply(change);
        if (this.#wholeOctets === 0) this.#wholeOctets = at;
        this.#octets = at;
        reader = new ZoneTransferReader({ ...question, serial: zone!.serial });
      }
    } catch (error) {
      if (!(error instanceof ZoneTransferError || error instanceof ZoneError)) throw error;
    }
    return zone;
  }

  /** Writes a transfer behind `from`. Gives where it ends. */
  async #put(file: OpenFile, from: number, type: "AXFR" | "IXFR", sets: Iterable<DnsEncodedSet>): Promise<number> {
    let at = from;
    let waiting: Uint8Array[] = [];
    let octetCount = 0;
    const flush = async (): Promise<void> => {
      await file.write(at, Buffer.concat(waiting));
      at += octetCount;
      waiting = [];
      octetCount = 0;
    };
    for (const octets of transferMessages(this.#origin, this.#class, type, sets)) {
      waiting.push(encodeLengthPrefixed(16, octets));
      octetCount += 2 + octets.length;
      if (octetCount >= chunkOctets) await flush();
    }
    await flush();
    return at;
  }
}

async function* framesOf(file: OpenFile): AsyncGenerator<Uint8Array, void> {
  const frames = new LengthPrefixedReader(16, { octetsMax: dnsMessageOctetsMax });
  for (let at = 0; ; ) {
    yield* frames;
    const chunk = await file.read(at, chunkOctets);
    if (chunk.length === 0) return;
    at += chunk.length;
    frames.receive(chunk);
  }
}

/** The name of a zone as a file may be called on every system; long ones by a digest. */
function fileNameOf(origin: DomainName): string {
  const text = origin.isRoot ? "@" : String(origin).slice(0, -1).toLowerCase();
  const escaped = text.replace(/[^a-z0-9_.-]/g, (other) => `%${Buffer.from(other).toString("hex")}`);
  return `${escaped.length <= 200 ? escaped : createHash("sha256").update(origin.key).digest("hex")}.spool`;
}
