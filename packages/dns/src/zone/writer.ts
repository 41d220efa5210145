import { type DomainName, rootName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { formatDnsData } from "../records/text.ts";
import { formatDnsClass } from "../words.ts";

/** How a master file is written. */
export interface MasterFileFormat {
  /** What owners are written relative to. Default: the root. */
  readonly origin?: DomainName | undefined;
  /** The TTL that records need not say. Default: that of the first record. */
  readonly ttl?: number | undefined;
}

/**
 * Writes records as the lines of a master file, in their order: owners are said once, and TTLs where they differ from
 * `$TTL`. What {@link parseMasterFile} reads of it are the same records.
 */
export function* masterFileLines(records: Iterable<DnsRecord>, format: MasterFileFormat = {}): Generator<string> {
  const { origin = rootName } = format;
  let { ttl } = format;
  yield `$ORIGIN ${origin}`;
  if (ttl !== undefined) yield `$TTL ${ttl}`;
  let last: DomainName | undefined;
  for (const record of records) {
    if (ttl === undefined) {
      ttl = record.ttl;
      yield `$TTL ${ttl}`;
    }
    const isSame = last !== undefined && last.wire === record.name.wire;
    const words = [record.ttl === ttl ? "" : String(record.ttl), formatDnsClass(record.class), record.type];
    yield `${isSame ? "" : ownerText(record.name, origin)}\t${words.filter((word) => word !== "").join(" ")}\t${formatDnsData(record.type, record.data)}`.trimEnd();
    last = record.name;
  }
}

/** The whole text of {@link masterFileLines}. */
export function formatMasterFile(records: Iterable<DnsRecord>, format: MasterFileFormat = {}): string {
  let text = "";
  for (const line of masterFileLines(records, format)) text += `${line}\n`;
  return text;
}

/** A name keeps its own spelling where the origin's is another. */
function ownerText(name: DomainName, origin: DomainName): string {
  return name.wire.endsWith(origin.wire) ? name.relativeTo(origin) : name.toString();
}
