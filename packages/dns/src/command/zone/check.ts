import { basename, dirname, resolve } from "node:path";
import {
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  optionChoice,
  optionFlag,
  type ToolContext,
  UsageError,
} from "@hawser/core";
import type { ZoneFinding } from "../../authority/loading/finding.ts";
import { loadZone } from "../../authority/loading/load-zone.ts";
import type { ZoneReading } from "../../authority/loading/zone-reading.ts";
import { Zone } from "../../authority/zone.ts";
import { formatDnsRecord } from "../../records/text.ts";
import { dnsTypeName } from "../../records/types.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { masterFileLines } from "../../zone/writer.ts";
import { zoneName } from "../dns/spelling.ts";
import { requireFile } from "../text-file.ts";

/** What `hawser zone check` takes. */
export interface ZoneCheckOptions extends CommandOptions {
  readonly quiet: CommandOption<boolean>;
  readonly strict: CommandOption<boolean>;
  readonly print: CommandOption<boolean>;
  readonly format: CommandOption<"full" | "short" | undefined>;
}

/** The options of `hawser zone check`. */
export const zoneCheckOptions: ZoneCheckOptions = {
  quiet: optionFlag("say nothing: the exit status tells", { short: "q" }),
  strict: optionFlag("take warnings for errors"),
  print: optionFlag("print the zone, if it is good"),
  format: optionChoice(["short", "full"], "how it is printed: as people write it, or each record whole, on a line", {
    defaultText: "short",
  }),
};

/** The zone, and the file that holds it. */
export interface ZoneCheckOperands {
  readonly name: string;
  readonly file: string;
}

/** `hawser zone check NAME FILE`: tells what is wrong with a zone. Status 0 for a good one, 1 for one that nobody would serve. */
export async function runZoneCheck(
  given: CommandValues<ZoneCheckOptions> & ZoneCheckOperands,
  { reactor, terminal, signal }: ToolContext,
): Promise<number> {
  const { name, file, quiet, strict, print, format } = given;
  if (format !== undefined && !print) throw new UsageError("--format needs --print");
  const origin = zoneName(name);
  await requireFile(reactor, file, "check");
  const path = resolve(file);
  const { clock } = reactor;
  const reading = await loadZone(reactor.files(dirname(path)), basename(path), origin, { clock, signal });
  const shown = `zone ${plain(String(origin))}`;
  const faults = faultsOf(reading, strict);
  if (!quiet)
    for (const one of reading.findings)
      terminal.complain(`${placeOf(one, file)}${severityOf(one, strict)}: ${one.message}`);
  if (faults > 0) {
    if (!quiet) terminal.complain(`${shown}: not to be served: ${faults} error${faults === 1 ? "" : "s"}`);
    return 1;
  }
  return good(reading, { shown, quiet, print, format }, terminal);
}

function good(
  reading: ZoneReading,
  {
    shown,
    quiet,
    print,
    format,
  }: { shown: string } & Pick<CommandValues<ZoneCheckOptions>, "format" | "print" | "quiet">,
  terminal: ToolContext["terminal"],
): number {
  const zone = new Zone(reading.contents);
  if (print) for (const line of linesOf(zone, format ?? "short")) terminal.print(line);
  if (quiet) return 0;
  const tell = print ? terminal.complain : terminal.print;
  tell(`${shown}: serial ${zone.serial}, ${zone.recordCount} records`);
  tell("OK");
  return 0;
}

function faultsOf({ findings }: ZoneReading, strict: boolean): number {
  return findings.filter(({ severity }) => strict || severity === "error").length;
}

function severityOf({ severity }: ZoneFinding, strict: boolean): string {
  return strict ? "error" : severity;
}

/** As compilers write it, so that editors find the place. */
function placeOf({ position, name, type }: ZoneFinding, file: string): string {
  if (position !== undefined)
    return `${position.file === basename(file) ? file : (position.file ?? file)}:${position.line}:${position.column}: `;
  if (name === undefined) return `${file}: `;
  return `${file}: ${plain(String(name))}${type === undefined ? "" : `/${dnsTypeName(type)}`}: `;
}

function* linesOf(zone: Zone, format: "full" | "short"): Generator<string> {
  const records = recordsOf(zone);
  if (format === "short") yield* masterFileLines(records, { origin: zone.origin });
  else for (const record of records) yield formatDnsRecord(record);
}

function* recordsOf(zone: Zone) {
  for (const set of zone.sets()) yield* decodeDnsSet(set);
}

function plain(name: string): string {
  return name.replace(/(?<=.)\.$/, "");
}
