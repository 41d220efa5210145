/** What a message may have. */
export interface SendmailLimits {
  /** Octets of a message. Postfix takes 10,240,000 (`message_size_limit`), Sendmail any number; default 52,428,800. */
  readonly messageOctetsMax: number;
  /** Octets of its header. Postfix takes 102,400 (`header_size_limit`), Sendmail 32,768; default 1,048,576, for who writes to many. */
  readonly headerOctetsMax: number;
  /** Recipients of one message. Postfix takes 1,000 of a client (`smtpd_recipient_limit`); default 10,000. */
  readonly recipientsMax: number;
  /** Received fields, before a message is taken for one that goes in a circle (RFC 5321 §6.3). Default 100. */
  readonly hopsMax: number;
  /** For a relay to take a message, in milliseconds. RFC 5321 §4.5.3.2.6 gives the last answer alone 10 minutes; default 15 minutes. */
  readonly relayTimeoutMs: number;
  /** Octets of `dead.letter`, beyond which nothing is added. Default 104,857,600. */
  readonly deadLetterOctetsMax: number;
}

/** The defaults. */
export const sendmailLimits: SendmailLimits = {
  messageOctetsMax: 52_428_800,
  headerOctetsMax: 1_048_576,
  recipientsMax: 10_000,
  hopsMax: 100,
  relayTimeoutMs: 900_000,
  deadLetterOctetsMax: 104_857_600,
};
