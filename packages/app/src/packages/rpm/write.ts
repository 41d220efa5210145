import { createHash } from "node:crypto";
import { checkEntries } from "../entry.ts";
import type { PackageWriteOptions } from "../options.ts";
import { checkRpmDescription, type RpmDescription } from "./description.ts";
import { encodeRpmHeader, rpmRegions } from "./header.ts";
import { encodeRpmLead } from "./lead.ts";
import { encodeRpmMainHeader } from "./main-header.ts";
import { type RpmPayload, RpmPayloadBuilder } from "./payload.ts";
import { rpmSignatureTags } from "./tags.ts";

/**
 * Writes a binary RPM of format 4: lead, signature header (digests and sizes; no OpenPGP signature), main header, and the
 * files as a gzipped cpio archive. The same description gives the same octets. The compressed package is held in memory.
 * @throws {PackageError}
 */
export async function* writeRpm(
  description: RpmDescription,
  options: PackageWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  checkRpmDescription(description);
  const builder = new RpmPayloadBuilder(description.modified);
  for (const entry of checkEntries(description.entries, options)) {
    options.signal?.throwIfAborted();
    await builder.add(entry);
  }
  const payload = builder.finish();
  const header = encodeRpmMainHeader(description, payload);
  const { name, version, release = "1", architecture } = description;
  yield encodeRpmLead(`${name}-${version}-${release}`, architecture);
  yield signatureHeader(header, payload);
  yield header;
  yield* payload.compressed;
}

/** What `rpm -K` checks. It is padded to eight octets, which the main header is not. */
function signatureHeader(header: Uint8Array, { compressed, octets }: RpmPayload): Uint8Array {
  const md5 = createHash("md5").update(header);
  for (const piece of compressed) md5.update(piece);
  const signature = encodeRpmHeader(rpmRegions.signature, rpmSignatureTags, {
    sha1: createHash("sha1").update(header).digest("hex"),
    sha256: createHash("sha256").update(header).digest("hex"),
    size: [header.length + compressed.reduce((sum, { length }) => sum + length, 0)],
    md5: md5.digest(),
    payloadSize: [octets],
  });
  return Buffer.concat([signature, new Uint8Array((8 - (signature.length % 8)) % 8)]);
}
