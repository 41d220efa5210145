/** The codes of replies that this package says or looks at (RFC 5321 §4.2.3). */
export const SmtpCode = {
  help: 214,
  ready: 220,
  closing: 221,
  authenticated: 235, // RFC 4954 §6
  ok: 250,
  cannotVerify: 252,
  challenge: 334, // RFC 4954 §4
  startContent: 354,
  notAvailable: 421,
  localError: 451,
  insufficientStorage: 452,
  temporaryAuthFailure: 454, // RFC 4954 §6, RFC 3207 §4
  syntaxError: 500,
  badArguments: 501,
  notImplemented: 502,
  badSequence: 503,
  badParameter: 504,
  authRequired: 530, // RFC 4954 §6
  authFailed: 535, // RFC 4954 §6
  mailboxUnavailable: 550,
  exceededStorage: 552,
  badMailbox: 553,
  failed: 554,
  badMailParameters: 555,
} as const;

/** What a message's octets are (RFC 6152 §2, RFC 3030 §3). */
export type SmtpBody = "7BIT" | "8BITMIME" | "BINARYMIME";

/** When a sender wants to hear of a recipient (RFC 3461 §4.1). */
export type SmtpNotify = "SUCCESS" | "FAILURE" | "DELAY";

/** Which dialect is spoken: SMTP, or LMTP with its answer for each recipient (RFC 2033). */
export type SmtpKind = "smtp" | "lmtp";
