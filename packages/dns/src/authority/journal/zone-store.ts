import { type Clock, cooperate, FileError, type FileTree, Lock, quote, reportFault, StateError } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import { DnsType } from "../../records/types.ts";
import type { ZoneContents } from "../contents/zone-contents.ts";
import { ZoneError } from "../errors.ts";
import { zoneJournalOctetsMax, zoneUpdatesWaitingMax } from "../limits.ts";
import { refuseErrors } from "../loading/check-zone.ts";
import type { ZoneFinding } from "../loading/finding.ts";
import { loadZone } from "../loading/load-zone.ts";
import { soaSerial } from "../serial.ts";
import { Zone, type ZoneOptions } from "../zone.ts";
import type { ZoneChange } from "../zone-change.ts";
import { writeZoneFile } from "./write-zone-file.ts";
import { ZoneJournal } from "./zone-journal.ts";
import type { ZoneWriter } from "./zone-writer.ts";

/** How a zone is kept. */
export interface ZoneStoreOptions extends ZoneOptions {
  readonly clock: Clock;
  /** The journal. Default: the zone's file with `.journal` behind it. */
  readonly journal?: string | undefined;
  /** How long the journal may become before it is written into the zone's file. Default 16 MiB. */
  readonly journalOctetsMax?: number | undefined;
  /** Octets of the zone's file at most. See {@link loadZone}. */
  readonly octetsMax?: number | undefined;
}

/**
 * A zone that outlives the process: a master file, and beside it a journal of the changes since. No change is in the zone before
 * it is in the journal, on the medium. When the journal has grown long, the zone is written into its file anew, in our
 * own spelling: comments go. Nobody else may write the file of a zone that is open.
 */
export class ZoneStore implements ZoneWriter, AsyncDisposable {
  readonly zone: Zone;
  readonly #files: FileTree;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #journal: ZoneJournal;
  readonly #octetsMax: number;
  readonly #lock = new Lock({ waitingMax: zoneUpdatesWaitingMax });
  /** Held while the file is written; taken before the other, when both are needed. */
  readonly #fileLock = new Lock();
  #isClosed = false;

  private constructor(zone: Zone, files: FileTree, path: string, journal: ZoneJournal, options: ZoneStoreOptions) {
    this.zone = zone;
    this.#files = files;
    this.#path = path;
    this.#clock = options.clock;
    this.#journal = journal;
    this.#octetsMax = options.journalOctetsMax ?? zoneJournalOctetsMax;
  }

  /**
   * Opens a zone: its file, and the changes that its journal has beyond it. A file without a journal is somebody else's, and
   * must be without errors.
   *
   * @param seed gives the zone when there is no file, such as one that was transferred; without it that is an error
   * @throws {ZoneError} `not-loaded`; `bad-journal` when the journal does not lead on from the file: then somebody has changed one
   * of them, and must decide which counts
   */
  static async open(
    files: FileTree,
    path: string,
    origin: DomainName,
    options: ZoneStoreOptions,
    seed?: () => Promise<ZoneContents>,
  ): Promise<ZoneStore> {
    const { clock, octetsMax } = options;
    const journalPath = options.journal ?? `${path}.journal`;
    const isOurs = seed !== undefined || (await isThere(files, journalPath));
    if (seed !== undefined && !(await isThere(files, path))) await writeZoneFile(files, path, await seed(), clock);
    const reading = await loadZone(files, path, origin, { clock, octetsMax });
    refuseErrors(isOurs ? { ...reading, findings: reading.findings.filter(isFatal) } : reading);
    const { journal, changes, replacedBy } = await ZoneJournal.open(files, journalPath);
    try {
      const zone = new Zone(reading.contents, options);
      const isReplaced = replacedBy !== undefined && soaSerial(replacedBy.data[0]!) === zone.serial;
      if (isReplaced) await journal.rewrite([]);
      else rollForward(zone, changes, journalPath);
      return new ZoneStore(zone, files, path, journal, options);
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  async commit(make: () => ZoneChange | undefined): Promise<ZoneChange | undefined> {
    using _permit = await this.#lock.acquire();
    this.#checkOpen();
    const change = make();
    if (change === undefined) return undefined;
    this.zone.check(change);
    await this.#journal.append(change);
    this.zone.apply(change);
    if (this.#journal.octets > this.#octetsMax) this.#writeSoon();
    return change;
  }

  /** Takes whole new contents, as after a transfer: the file has them, and the journal is empty, before the zone has. */
  async replaceWith(contents: ZoneContents): Promise<void> {
    using _file = await this.#fileLock.acquire();
    using _permit = await this.#lock.acquire();
    this.#checkOpen();
    const soa = contents.set(this.zone.origin, DnsType.SOA);
    if (soa?.data.length !== 1) throw new ZoneError("bad-soa", "Cannot replace the zone: what comes has not one SOA");
    const change = await cooperate(this.zone.differenceTo(contents), { clock: this.#clock }).done;
    await this.#journal.announce(soa);
    await writeZoneFile(this.#files, this.#path, contents, this.#clock);
    await this.#journal.rewrite([]);
    this.zone.replaceWith(contents, change);
  }

  /** Writes the zone into its file now, and shortens the journal to what incremental transfers still need. */
  async writeFile(): Promise<void> {
    using _file = await this.#fileLock.acquire();
    this.#checkOpen();
    await this.#write();
  }

  /** Ends when the changes that wait are made. The zone answers on, and takes no more changes through here. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    using _file = await this.#fileLock.acquire();
    using _permit = await this.#lock.acquire();
    await this.#journal.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #writeSoon(): void {
    if (this.#fileLock.held || this.#isClosed) return;
    this.writeFile().catch((error: unknown) => reportFault(error, "ZoneStore"));
  }

  /**
   * The file first: a crash between the two leaves a journal whose last changes the file has already. The younger half of the
   * journal stays, for secondaries that come by later.
   */
  async #write(): Promise<void> {
    const serial = await writeZoneFile(this.#files, this.#path, this.zone, this.#clock);
    using _permit = await this.#lock.acquire();
    const younger = this.zone.history(this.#octetsMax / 2);
    const isWhole = serial === this.zone.serial || younger.some(({ oldSoa }) => soaSerial(oldSoa.data[0]!) === serial);
    if (isWhole) await this.#journal.rewrite(younger);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StateError(`Cannot change the zone ${quote(String(this.zone.origin))}: it is closed`);
  }
}

/**
 * Whether nobody could say what the zone is. Everything else may be in a file that we wrote ourselves, as an update or a primary
 * wanted it: such as a server without an address.
 */
function isFatal({ code }: ZoneFinding): boolean {
  return (
    code === "syntax" || code === "no-soa" || code === "wrong-class" || code === "wrong-type" || code === "too-large"
  );
}

/** Changes up to the file's version are history; those from there on are still to be made. */
function rollForward(zone: Zone, changes: readonly ZoneChange[], path: string): void {
  const serials = changes.map(({ oldSoa }) => soaSerial(oldSoa.data[0]!));
  const last = changes.at(-1);
  const isUpToDate = last === undefined || soaSerial(last.newSoa.data[0]!) === zone.serial;
  const from = isUpToDate ? changes.length : serials.lastIndexOf(zone.serial);
  if (from < 0) {
    const state = `it leads from version ${serials[0]} on, and the zone's file has version ${zone.serial}`;
    throw new ZoneError("bad-journal", `Cannot use the journal ${quote(path)}: ${state}`);
  }
  zone.remember(changes.slice(0, from));
  try {
    for (const change of changes.slice(from)) zone.apply(change);
  } catch (cause) {
    if (!(cause instanceof ZoneError)) throw cause;
    throw new ZoneError("bad-journal", `Cannot use the journal ${quote(path)}: ${cause.message}`, { cause });
  }
}

async function isThere(files: FileTree, path: string): Promise<boolean> {
  try {
    await files.stat(path);
    return true;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return false;
    throw error;
  }
}
