import { MailHeader } from "@hawser/mime";
import {
  type DkimKey,
  type DkimResult,
  type DkimSignOptions,
  type DkimVerifyOptions,
  type DnsLookups,
  type DnsMemoryRecords,
  dkimDnsRecord,
  generateDkimKey,
  memoryLookups,
  signDkim,
  splitMessage,
  verifyDkim,
} from "../index.ts";

/** When the tests take place. */
export const testNow: number = Date.UTC(2026, 0, 1);

/** Keys of `example.org`, made once. */
export const rsaKey: DkimKey = { domain: "example.org", selector: "rsa", privateKey: generateDkimKey("rsa") };
export const ed25519Key: DkimKey = { domain: "example.org", selector: "ed", privateKey: generateDkimKey("ed25519") };

export const testMessage: string = [
  "From: Alice <alice@example.org>",
  "To: bob@example.net",
  "Subject: Dinner",
  "Date: Thu, 01 Jan 2026 00:00:00 +0000",
  "Message-ID: <1@example.org>",
  "",
  "Come at  eight.\t",
  "",
  "Alice",
  "",
].join("\r\n");

/** A DNS with the records of keys, and others. */
export function keyLookups(
  keys: readonly DkimKey[],
  more: Readonly<Record<string, DnsMemoryRecords>> = {},
): DnsLookups {
  const records = keys.map(dkimDnsRecord).map(({ name, text }) => [name, { TXT: [text] }] as const);
  return memoryLookups({ ...Object.fromEntries(records), ...more });
}

/** A message with its signatures before it. */
export function signedMessage(message: string, options: Partial<DkimSignOptions> = {}): string {
  const { header, body } = splitMessage(Buffer.from(message, "latin1"));
  const fields = signDkim(header, body, { keys: [ed25519Key], now: testNow, ...options });
  return Buffer.from(new MailHeader(fields).toOctets()).toString("latin1") + message;
}

export function verifiedMessage(
  message: string,
  options: Partial<DkimVerifyOptions> = {},
): Promise<readonly DkimResult[]> {
  const { header, body } = splitMessage(Buffer.from(message, "latin1"));
  return verifyDkim(header, body, { lookups: keyLookups([rsaKey, ed25519Key]), now: testNow, ...options });
}

/** `pass`, or `fail: body-changed`. */
export async function verdictsOf(
  message: string,
  options: Partial<DkimVerifyOptions> = {},
): Promise<readonly string[]> {
  const results = await verifiedMessage(message, options);
  return results.map(({ status, reason }) => (reason === undefined ? status : `${status}: ${reason}`));
}
