/** Bounds of everything a client may make grow on a server. */
export interface SmtpServerLimits {
  /** A command line with its CRLF. RFC 5321 §4.5.3.1.4 has 512, and extensions add to it; Postfix takes 2,048. Default 2,048. */
  readonly commandOctetsMax: number;
  /** A line of an authentication with its CRLF: 16,384 octets in base64, beyond RFC 4954 §4's 12,288. Default 21,850. */
  readonly authOctetsMax: number;
  /** Octets of a message: told by SIZE (RFC 1870). Gmail takes 50 MiB. Default 52,428,800. */
  readonly messageOctetsMax: number;
  /** Recipients of a message: RFC 5321 §4.5.3.1.8 has 100 as the least, Postfix takes 1,000. Told by LIMITS. Default 1,000. */
  readonly recipientsMax: number;
  /** Messages of a session, told by LIMITS (RFC 9422). Default 1,000. */
  readonly messagesMax: number;
  /** Commands of a session that brought no message: nobody needs them to send mail. Default 1,000 beside those that did. */
  readonly idleCommandsMax: number;
  /** Replies of 500 and above before the session ends; Postfix has 20, too. Recipients that are refused count. Default 20. */
  readonly errorsMax: number;
  /** Logins that fail before the session ends. Default 5. */
  readonly authFailuresMax: number;
  /** How long a whole command may take to come: RFC 5321 §4.5.3.2.7. Default 300,000 ms. */
  readonly commandTimeoutMs: number;
  /** How long a message may be silent: RFC 5321 §4.5.3.2.5 has 3 minutes. Default 180,000 ms. */
  readonly contentTimeoutMs: number;
  /** How long a message may take in all, however it drips. Default 3,600,000 ms. */
  readonly messageTimeoutMs: number;
  /** How long the backend may think: clients wait 10 minutes after a message (RFC 5321 §4.5.3.2.6). Default 300,000 ms. */
  readonly backendTimeoutMs: number;
  /** Octets of a message that wait for the backend before the client is held back. Default 262,144. */
  readonly bufferedOctetsMax: number;
  /** Received fields of a message, before it is taken for one that goes in a circle: RFC 5321 §6.3. Default 100. */
  readonly hopsMax: number;
}

/** What {@link SmtpServerLimits} are when nobody says otherwise. */
export const smtpServerLimits: SmtpServerLimits = {
  commandOctetsMax: 2_048,
  authOctetsMax: 21_850,
  messageOctetsMax: 52_428_800,
  recipientsMax: 1_000,
  messagesMax: 1_000,
  idleCommandsMax: 1_000,
  errorsMax: 20,
  authFailuresMax: 5,
  commandTimeoutMs: 300_000,
  contentTimeoutMs: 180_000,
  messageTimeoutMs: 3_600_000,
  backendTimeoutMs: 300_000,
  bufferedOctetsMax: 262_144,
  hopsMax: 100,
};

/** Bounds of everything a server may make grow in a client, and how long it may take (RFC 5321 §4.5.3.2). */
export interface SmtpClientLimits {
  /** A line of a reply with its CRLF: RFC 5321 §4.5.3.1.5 has 512; some say more, and a challenge has more. Default 21,850. */
  readonly replyLineOctetsMax: number;
  /** Lines of one reply. Default 200. */
  readonly replyLinesMax: number;
  /** For the greeting: RFC 5321 §4.5.3.2.1. Default 300,000 ms. */
  readonly greetingTimeoutMs: number;
  /** For a reply to a command: RFC 5321 §4.5.3.2.2 and 3. Default 300,000 ms. */
  readonly replyTimeoutMs: number;
  /** For the network to take some octets of a message: RFC 5321 §4.5.3.2.5. Default 180,000 ms. */
  readonly contentTimeoutMs: number;
  /** For the reply to a message: RFC 5321 §4.5.3.2.6. Shorter, and messages are sent twice. Default 600,000 ms. */
  readonly messageTimeoutMs: number;
}

/** What {@link SmtpClientLimits} are when nobody says otherwise. */
export const smtpClientLimits: SmtpClientLimits = {
  replyLineOctetsMax: 21_850,
  replyLinesMax: 200,
  greetingTimeoutMs: 300_000,
  replyTimeoutMs: 300_000,
  contentTimeoutMs: 180_000,
  messageTimeoutMs: 600_000,
};

/** Octets of a local part: RFC 5321 §4.5.3.1.1. */
export const smtpLocalPartOctetsMax = 64;
/** Octets of a domain: RFC 5321 §4.5.3.1.2. */
export const smtpDomainOctetsMax = 255;
