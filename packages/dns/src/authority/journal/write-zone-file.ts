import { Buffer } from "node:buffer";
import { type Clock, cooperate, type FileTree } from "@hawser/core";
import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { masterFileLines } from "../../zone/writer.ts";
import { soaSerial } from "../serial.ts";

/** Octets that are written at once. */
const chunkOctets = 262_144;

/**
 * Writes a zone as a master file that takes the place of the one there, when it is on the medium. Reading goes on meanwhile, and
 * changes too, which are not in it. Gives the version that was written.
 */
export async function writeZoneFile(
  files: FileTree,
  path: string,
  zone: { readonly origin: DomainName; sets(): Iterable<DnsEncodedSet> },
  clock: Clock,
): Promise<number> {
  const sets = zone.sets()[Symbol.iterator]();
  const soa = sets.next().value as DnsEncodedSet;
  const lines = masterFileLines(recordsOf(soa, sets), { origin: zone.origin, ttl: soa.ttl });
  const draft = `${path}.new`;
  const file = await files.open(draft, { write: true, create: true, truncate: true });
  try {
    for (let at = 0; ; ) {
      const chunk = await cooperate(nextChunk(lines), { clock }).done;
      if (chunk.length === 0) break;
      await file.write(at, chunk);
      at += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(draft, path, { takePlace: true });
  return soaSerial(soa.data[0]!);
}

function* recordsOf(soa: DnsEncodedSet, sets: Iterator<DnsEncodedSet>): Generator<DnsRecord> {
  yield* decodeDnsSet(soa);
  for (let next = sets.next(); !next.done; next = sets.next()) yield* decodeDnsSet(next.value);
}

/** As many lines as are written at once. */
function* nextChunk(lines: Iterator<string>): Generator<undefined, Uint8Array, undefined> {
  let text = "";
  while (text.length < chunkOctets) {
    const line = lines.next();
    if (line.done) break;
    text += `${line.value}\n`;
    yield;
  }
  return Buffer.from(text, "latin1");
}
