/**
 * The lead: 96 octets at the start of an RPM, by which `file` knows it; rpm itself reads no more than the magic number,
 * the version, and that a signature of the header's kind follows (RPM's package format, "Lead").
 */
export function encodeRpmLead(name: string, architecture: string): Uint8Array {
  const lead = Buffer.alloc(96);
  lead.set([0xed, 0xab, 0xee, 0xdb, 3, 0], 0);
  lead.writeUInt16BE(architectureNumbers[architecture] ?? otherArchitecture, 8);
  lead.write(name.slice(0, nameMax), 10, "latin1");
  lead.writeUInt16BE(linux, 76);
  lead.writeUInt16BE(headerSignature, 78);
  return lead;
}

const architectureNumbers: Readonly<Record<string, number>> = { x86_64: 1, i686: 1, armv7hl: 12, aarch64: 19 };
const otherArchitecture = 255;
/** The field has 66 octets, the last of which is NUL. */
const nameMax = 65;
const linux = 1;
const headerSignature = 5;
