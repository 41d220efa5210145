import type { KeyObject } from "node:crypto";
import { type DkimKeyRecord, parseDkimKeyRecord } from "../../sender/dkim/key-record.ts";
import type { MailDnsFinding } from "../finding.ts";
import { mailDnsText } from "../record.ts";
import { findingsAbout, type MailDnsContext, valuesAt } from "./context.ts";

/** Whether the keys that sign are published (RFC 6376 §3.6). */
export async function checkDkim(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { dkim, domain } = context.setup;
  if (dkim.length > 0) return (await Promise.all(dkim.map((key) => checkKey(key, context)))).flat();
  const text = "no key was named, so that none could be looked at";
  return [findingsAbout("DKIM", domain)("advice", text, "name those that sign: --dkim SELECTOR=KEY")];
}

async function checkKey(
  { name, text }: { readonly name: string; readonly text: string },
  context: MailDnsContext,
): Promise<readonly MailDnsFinding[]> {
  const finding = findingsAbout("DKIM", name);
  const todo = `publish "${name}. TXT ${mailDnsText(text)}"`;
  const texts = await valuesAt(context, name, "TXT");
  const [published] = texts;
  if (published === undefined) return [finding("missing", "the key is not published", todo)];
  if (texts.length > 1)
    return [finding("wrong", `there are ${texts.length} records, and one key`, "take away all but the right one")];
  let record: DkimKeyRecord;
  try {
    record = parseDkimKeyRecord(published);
  } catch (error) {
    return [finding("wrong", (error as Error).message, todo)];
  }
  const { publicKey, hashes, isTesting } = record;
  if (publicKey === undefined) return [finding("wrong", "the key was revoked (p= is empty)", todo)];
  if (!isSameKey(publicKey, parseDkimKeyRecord(text).publicKey))
    return [finding("wrong", "another key is published than the one that signs", todo)];
  if (hashes !== undefined && !hashes.includes("sha256"))
    return [finding("wrong", "it may not be used with SHA-256, as we do (h=)", todo)];
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  return [
    finding("good", "the key that signs is published"),
    ...(isTesting ? [finding("advice", "it says that the domain is only trying (t=y)", "take t=y away")] : []),
    ...(bits !== undefined && bits < wantedBits
      ? [
          finding(
            "advice",
            `it has ${bits} bits, and ${wantedBits} should be (RFC 8301 §3.2)`,
            "make a larger one, with another selector",
          ),
        ]
      : []),
  ];
}

function isSameKey(one: KeyObject, other: KeyObject | undefined): boolean {
  // Not equals(): of keys of two types OpenSSL keeps an error there, and Node refuses the next private key for it.
  return other !== undefined && encoded(one).equals(encoded(other));
}

function encoded(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" });
}

const wantedBits = 2_048;
