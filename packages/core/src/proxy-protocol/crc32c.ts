/** The CRC32C checksum (RFC 9260 §A). */
export function crc32c(octets: Uint8Array): number {
  table ??= makeTable();
  let crc = 0xffff_ffff;
  for (const octet of octets) crc = table[(crc ^ octet) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Made for the first checksum: few programs need one. */
let table: Uint32Array | undefined;

/** The remainders of every octet for the Castagnoli polynomial, bits reversed (RFC 9260 §A). */
function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, octet) => {
    let remainder = octet;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f6_3b78 : remainder >>> 1;
    return remainder;
  });
}
