import { quote, reportFault } from "@hawser/core";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DnsQuery } from "../message/query.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { DnsResponse } from "../serving/reply.ts";
import type { ZoneContents } from "./contents/zone-contents.ts";
import { zoneDifference } from "./contents/zone-difference.ts";
import { draftChange, ZoneDraft } from "./contents/zone-draft.ts";
import { ZoneError } from "./errors.ts";
import type { ZoneAnswer, ZoneAnswerOptions } from "./lookup/zone-answer.ts";
import { ZoneLookup } from "./lookup/zone-lookup.ts";
import { isSerialAfter, soaSerial } from "./serial.ts";
import type { ZoneChange } from "./zone-change.ts";
import { ZoneHistory, type ZoneHistoryOptions } from "./zone-history.ts";

/** How a zone answers, and what it remembers. */
export interface ZoneOptions extends ZoneAnswerOptions, ZoneHistoryOptions {}

/**
 * A zone with authority over its names (RFC 1034 §4.2): answers questions at once, and goes from version to version, by
 * changes or as a whole. What it answers is kept ready for the names that are asked for, until the next version.
 *
 * ```ts no-run
 * const contents = new ZoneContents(parseDomainName("example.org"));
 * for (const record of parseMasterFile(text, { origin: contents.origin })) contents.addRecord(record);
 * const zone = new Zone(contents);
 * ```
 */
export class Zone {
  readonly origin: DomainName;
  readonly class: number;
  readonly #options: ZoneOptions;
  readonly #history: ZoneHistory;
  readonly #listeners = new Set<(zone: Zone) => void>();
  #contents: ZoneContents;
  #lookup: ZoneLookup;
  #soa: DnsEncodedSet;

  /** @throws {ZoneError} `bad-soa` when there is not one SOA, at the apex */
  constructor(contents: ZoneContents, options: ZoneOptions = {}) {
    this.origin = contents.origin;
    this.class = contents.class;
    this.#options = options;
    this.#history = new ZoneHistory(options);
    this.#soa = onlySoa(contents);
    contents.take();
    this.#contents = contents;
    this.#lookup = new ZoneLookup(contents, options);
  }

  /** The version (RFC 1982). */
  get serial(): number {
    return soaSerial(this.#soa.data[0]!);
  }

  get soa(): DnsEncodedSet {
    return this.#soa;
  }

  get recordCount(): number {
    return this.#contents.recordCount;
  }

  /** Names, those included that nothing stands at but names below. */
  get nameCount(): number {
    return this.#contents.nameCount;
  }

  /** What a question gets that is about a name within this zone; chains that lead out of it end there. */
  answer({ name, type, edns }: Pick<DnsQuery, "edns" | "name" | "type">): DnsResponse {
    return this.#lookup.answer(name, type, edns?.dnssecOk ?? false).response;
  }

  /** The same, and where a chain of aliases leads out of the zone. */
  lookup({ name, type, edns }: Pick<DnsQuery, "edns" | "name" | "type">): ZoneAnswer {
    return this.#lookup.answer(name, type, edns?.dnssecOk ?? false);
  }

  /** The set at a name, without any rule. */
  set(name: DomainName, type: number): DnsEncodedSet | undefined {
    return this.#contents.set(name, type);
  }

  /** Every set, the SOA first. What changes while it is walked is not seen. */
  sets(): IterableIterator<DnsEncodedSet> {
    return this.#contents.sets();
  }

  /** A copy to be changed, which leads nowhere by itself: {@link apply} takes what comes out of it. */
  draft(): ZoneDraft {
    return new ZoneDraft(this.#contents);
  }

  /**
   * Goes one version on, wholly or not at all.
   * @throws {ZoneError} `does-not-fit`, `stale`, `out-of-zone`, `too-large`
   */
  apply(change: ZoneChange): void {
    const draft = this.#drafted(change);
    draft.commit();
    this.#history.add(change);
    this.#changed();
  }

  /** Throws what {@link apply} would. @throws {ZoneError} */
  check(change: ZoneChange): void {
    this.#drafted(change);
  }

  /**
   * Takes whole new contents, as after a transfer or when a file was read again. Where the serial went on, the difference
   * becomes a change that {@link changesSince} tells; else what came before is forgotten.
   *
   * @param change the difference, when the caller has found it already, in slices (`zoneDifference`)
   * @throws {ZoneError} `bad-soa`, `out-of-zone`
   */
  replaceWith(contents: ZoneContents, change?: ZoneChange): void {
    if (!contents.origin.equals(this.origin) || contents.class !== this.class)
      throw new ZoneError("out-of-zone", `Cannot put ${quote(String(contents.origin))} in place of another zone`);
    const soa = onlySoa(contents);
    const isAfter = isSerialAfter(soaSerial(soa.data[0]!), this.serial);
    const difference = isAfter ? (change ?? differenceOf(this.#contents, contents)) : undefined;
    contents.take();
    if (difference === undefined) this.#history.clear();
    else this.#history.add(difference);
    this.#contents = contents;
    this.#lookup = new ZoneLookup(contents, this.#options);
    this.#changed();
  }

  /** The changes that lead from a serial to the present one, oldest first; `undefined` when they are not known any more. */
  changesSince(serial: number): readonly ZoneChange[] | undefined {
    return serial === this.serial ? [] : this.#history.since(serial);
  }

  /** The last changes, oldest first, as many as have so many octets together. */
  history(octetsMax: number): readonly ZoneChange[] {
    return this.#history.youngest(octetsMax);
  }

  /** Lets the zone know changes that led to its present version, from another time. @throws {ZoneError} `does-not-fit` */
  remember(changes: readonly ZoneChange[]): void {
    const last = changes.at(-1);
    if (last !== undefined && soaSerial(last.newSoa.data[0]!) !== this.serial)
      throw new ZoneError("does-not-fit", `Cannot remember changes that do not lead to version ${this.serial}`);
    this.#history.clear();
    for (const change of changes) this.#history.add(change);
  }

  /** @internal How these contents differ from others, step by step. */
  differenceTo(contents: ZoneContents): Generator<undefined, ZoneChange, undefined> {
    return zoneDifference(this.#contents, contents);
  }

  /** Calls `listener` after each new version. Returns what ends that. */
  onChange(listener: (zone: Zone) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #drafted(change: ZoneChange): ZoneDraft {
    const { oldSoa, newSoa, deleted, added } = change;
    const [oldSerial, newSerial] = [oldSoa, newSoa].map(({ data }) => soaSerial(data[0]!)) as [number, number];
    if (oldSerial !== this.serial)
      throw new ZoneError("does-not-fit", `Cannot change version ${this.serial}: the change begins at ${oldSerial}`);
    if (!isSerialAfter(newSerial, oldSerial))
      throw new ZoneError("stale", `Cannot go from version ${oldSerial} to ${newSerial}: that is not after it`);
    if ([...deleted, ...added].some(({ type }) => type === DnsType.SOA))
      throw new ZoneError("bad-soa", "Cannot change the zone: the SOA stands apart from the other records");
    const draft = this.draft();
    draftChange(draft, deleted, added);
    draft.deleteSets(this.origin, ({ type }) => type === DnsType.SOA);
    draft.add(this.origin, DnsType.SOA, newSoa.ttl, newSoa.data[0]!);
    return draft;
  }

  #changed(): void {
    this.#lookup.clear();
    this.#soa = onlySoa(this.#contents);
    for (const listener of [...this.#listeners]) {
      try {
        listener(this);
      } catch (error) {
        reportFault(error, "Zone.onChange");
      }
    }
  }
}

function differenceOf(from: ZoneContents, to: ZoneContents): ZoneChange {
  const steps = zoneDifference(from, to);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function onlySoa(contents: ZoneContents): DnsEncodedSet {
  const soa = contents.set(contents.origin, DnsType.SOA);
  if (soa?.data.length === 1 && soa.data[0]!.length >= 22) return soa;
  const state = soa === undefined ? "it has no SOA" : "it has more than one SOA, or a broken one";
  throw new ZoneError("bad-soa", `Cannot make the zone ${quote(String(contents.origin))}: ${state}`);
}
