import fc from "fast-check";
import { ed25519Key, rsaKey } from "../dkim/signing.test.kit.ts";
import { type DkimCanonicalization, dkimDnsRecord } from "../index.ts";

/** How many messages go to and fro. */
export const messageCount: number = process.env["HAWSER_SOAK"] === "1" ? 2000 : 60;

export const forms: readonly (readonly [header: DkimCanonicalization, body: DkimCanonicalization])[] = [
  ["simple", "simple"],
  ["simple", "relaxed"],
  ["relaxed", "simple"],
  ["relaxed", "relaxed"],
];

/** The records of the keys, by name. */
export const keyRecords: Readonly<Record<string, string>> = Object.fromEntries(
  [rsaKey, ed25519Key].map(dkimDnsRecord).map(({ name, text }) => [name, text]),
);

const words = fc.stringMatching(/^[!-9;-~]{1,12}$/);
const space = fc.constantFrom(" ", "  ", "\t", "\r\n ", "\r\n\t");

const value = fc.array(fc.tuple(space, words), { minLength: 1, maxLength: 5 }).map((pieces) => pieces.flat().join(""));

const body = fc
  .array(fc.oneof(words, fc.constantFrom(" ", "\t", "\r\n", "\r\n\r\n", " \r\n", ".", "=")), { maxLength: 30 })
  .map((pieces) => pieces.join(""));

const message = fc
  .tuple(value, value, body)
  .map(([subject, odd, text]) =>
    [
      "From: Alice <alice@example.org>",
      "To: bob@example.net",
      `Subject:${subject}`,
      "Date: Thu, 01 Jan 2026 00:00:00 +0000",
      "Message-ID: <1@example.org>",
      `X-Odd:${odd}`,
      "",
      `${text}\r\n`,
    ].join("\r\n"),
  );

/** Messages with odd space in headers and bodies: the same for a seed. */
export function sampleMessages(seed: number): readonly string[] {
  return fc.sample(message, { numRuns: messageCount, seed });
}
