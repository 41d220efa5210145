import { type Clock, cooperate, type FileTree, quote, type Reactor, StateError } from "@hawser/core";
import { type DomainName, parseDomainName } from "../../name/domain-name.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { ZoneError } from "../errors.ts";
import { isSerialAfter } from "../serial.ts";
import { Zone, type ZoneOptions } from "../zone.ts";
import type { ZoneChange } from "../zone-change.ts";
import { ZoneTable } from "../zone-table.ts";
import { zonesPlugin } from "../zones-plugin.ts";
import { refuseErrors } from "./check-zone.ts";
import type { ZoneFinding } from "./finding.ts";
import { loadZone } from "./load-zone.ts";
import type { ZoneReading } from "./zone-reading.ts";

/** What became of a zone's file. */
export interface ZoneLoadReport {
  readonly origin: DomainName;
  readonly file: string;
  /** `kept`: the file is faulty or gone, and the zone is what it was; `error` says why. */
  readonly outcome: "kept" | "loaded" | "unchanged";
  readonly error?: Error | undefined;
  /** What is wrong with the file, warnings too. */
  readonly findings: readonly ZoneFinding[];
}

/** Which files hold which zones, and what is told of them. */
export interface ZoneFilesOptions extends ZoneOptions {
  /** The folder that they lie in; `$INCLUDE` reaches no other. */
  readonly folder: string;
  /** The file of each zone, by the zone's name. */
  readonly zones: Readonly<Record<string, string>>;
  /** Where they are put, with other zones. Default: a table of their own. */
  readonly table?: ZoneTable | undefined;
  /** Told of each file that was read. */
  readonly onRead?: ((report: ZoneLoadReport) => void) | undefined;
  /** Files that are read at the same time. Default 8. */
  readonly readingsMax?: number | undefined;
}

/** A plugin whose zones are in files. */
export interface ZoneFilesPlugin extends DnsPlugin {
  readonly table: ZoneTable;
  reload(): Promise<void>;
}

/**
 * Answers from zones in files. They are read when the server starts, which fails when one is faulty; and again when it is told
 * to reload: then each zone takes its new version at once, or keeps the old one when the file is faulty. What changed is told
 * by incremental transfers where the serial went on.
 */
export function zoneFilesPlugin(options: ZoneFilesOptions): ZoneFilesPlugin {
  const table = options.table ?? new ZoneTable();
  const sources = Object.entries(options.zones).map(([name, file]) => ({ origin: parseDomainName(name), file }));
  let loader: ZoneFileLoader | undefined;
  const stopped = (): void => {
    for (const { origin } of sources) table.remove(origin);
    loader = undefined;
  };
  return {
    ...zonesPlugin(table, { name: "zone-files" }),
    table,
    async started(reactor) {
      const taken = sources.find(({ origin }) => table.get(origin) !== undefined);
      if (taken !== undefined) throw new StateError(`Cannot load ${quote(String(taken.origin))}: there is such a zone`);
      loader = new ZoneFileLoader(reactor, table, options);
      await loader.loadAll(sources).catch((error: unknown) => {
        stopped();
        throw error;
      });
    },
    async reload() {
      if (loader === undefined) throw new StateError("Cannot reload zones: the server has not started");
      await loader.loadAll(sources);
    },
    stopped,
  };
}

interface ZoneSource {
  readonly origin: DomainName;
  readonly file: string;
}

class ZoneFileLoader {
  readonly #clock: Clock;
  readonly #files: FileTree;
  readonly #table: ZoneTable;
  readonly #options: ZoneFilesOptions;

  constructor(reactor: Reactor, table: ZoneTable, options: ZoneFilesOptions) {
    this.#clock = reactor.clock;
    this.#files = reactor.files(options.folder);
    this.#table = table;
    this.#options = options;
  }

  /** @throws {ZoneError} `not-loaded` when one is faulty, after all others were loaded */
  async loadAll(sources: readonly ZoneSource[]): Promise<void> {
    const waiting = sources.values();
    const errors: Error[] = [];
    const work = async (): Promise<void> => {
      for (const source of waiting) {
        const report = await this.#load(source);
        if (report.error !== undefined) errors.push(report.error);
        this.#options.onRead?.(report);
      }
    };
    await Promise.all(Array.from({ length: this.#options.readingsMax ?? 8 }, work));
    if (errors.length === 1) throw errors[0]!;
    if (errors.length === 0) return;
    const text = errors.map(({ message }) => message).join("; ");
    throw new ZoneError("not-loaded", text, { cause: new AggregateError(errors) });
  }

  async #load({ origin, file }: ZoneSource): Promise<ZoneLoadReport> {
    let findings: readonly ZoneFinding[] = [];
    try {
      const reading = await loadZone(this.#files, file, origin, { clock: this.#clock });
      findings = reading.findings;
      refuseErrors(reading);
      const zone = this.#table.get(origin);
      if (zone === undefined) this.#table.add(new Zone(reading.contents, this.#options));
      else return { origin, file, ...(await this.#renew(zone, reading)) };
      return { origin, file, outcome: "loaded", findings };
    } catch (error) {
      if (!(error instanceof ZoneError)) throw error;
      return { origin, file, outcome: "kept", error, findings };
    }
  }

  async #renew(zone: Zone, { contents, findings }: ZoneReading): Promise<Pick<ZoneLoadReport, "findings" | "outcome">> {
    const before = zone.serial;
    const change = await cooperate(zone.differenceTo(contents), { clock: this.#clock }).done;
    if (isNothing(change)) return { outcome: "unchanged", findings };
    zone.replaceWith(contents, zone.serial === before ? change : undefined);
    if (isSerialAfter(zone.serial, before)) return { outcome: "loaded", findings };
    const message = `the records changed, but the serial ${before} did not go on: secondaries will not notice`;
    return { outcome: "loaded", findings: [...findings, { severity: "warning", code: "serial", message }] };
  }
}

function isNothing({ oldSoa, newSoa, deleted, added }: ZoneChange): boolean {
  if (deleted.length > 0 || added.length > 0 || oldSoa.ttl !== newSoa.ttl) return false;
  return Buffer.compare(oldSoa.data[0]!, newSoa.data[0]!) === 0;
}
