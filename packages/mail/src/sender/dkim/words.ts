/** How a signature is made (RFC 6376 §3.3, RFC 8463 §3). `rsa-sha1` is told apart to be refused (RFC 8301 §3.1). */
export type DkimAlgorithm = "ed25519-sha256" | "rsa-sha256";

/** The kinds of keys (RFC 6376 §3.6.1, RFC 8463 §4). */
export type DkimKeyType = "ed25519" | "rsa";

/** What may change on the way: nothing, or space and the case of names (RFC 6376 §3.4). */
export type DkimCanonicalization = "relaxed" | "simple";

/** What is signed when a message has it (RFC 6376 §5.4.1, and what says how to read the body). */
export const dkimFieldsDefault: readonly string[] = [
  "From",
  "Sender",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "To",
  "Cc",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "Content-ID",
  "Content-Description",
  "In-Reply-To",
  "References",
  "Resent-Date",
  "Resent-From",
  "Resent-Sender",
  "Resent-To",
  "Resent-Cc",
  "Resent-Message-ID",
  "List-ID",
  "List-Help",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Subscribe",
  "List-Post",
  "List-Owner",
  "List-Archive",
];

/**
 * What nobody may add after signing (RFC 6376 §5.4, §8.15): what readers show, and what says how to read the body. `Sender` and
 * the fields of lists are left to the lists.
 */
export const dkimOversignedDefault: readonly string[] = [
  "From",
  "Reply-To",
  "Subject",
  "Date",
  "To",
  "Cc",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
];

/** Fields that a message has once (RFC 5322 §3.6): a second one is what somebody added. */
export const dkimSingleFields: ReadonlySet<string> = new Set([
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "message-id",
  "in-reply-to",
  "references",
  "subject",
  "date",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
]);
