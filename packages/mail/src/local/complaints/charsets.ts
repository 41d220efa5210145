import { decodeCharset } from "@hawser/mime";

/** Whether octets are text of a charset, all of them. Charsets that only the legacy tables know are read, and looked through. */
export function isTextOf(octets: Uint8Array, charset: string): boolean {
  const name = charset.trim().toLowerCase();
  if (name === "us-ascii" || name === "ascii" || name === "") return octets.every((octet) => octet < 0x80);
  try {
    new TextDecoder(name, { fatal: true }).decode(octets);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return !decodeCharset(octets, name).includes("�");
    return false;
  }
}
