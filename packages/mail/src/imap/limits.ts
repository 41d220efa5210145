/** Octets of a line, without what its literals hold. Dovecot's `imap_max_line_length` is the same. */
export const imapLineOctetsMax = 65_536;

/** Octets of a command before its login, literals included: whoever is a stranger needs no more. */
export const imapStrangerOctetsMax = 65_536;

/** Octets of a command after its login, literals included; messages of APPEND are not counted, they are streams. */
export const imapCommandOctetsMax = 1_048_576;

/** Octets of a literal that is sent without being asked for, before the login (LITERAL-, RFC 7888 §5). */
export const imapLiteralMinusMax = 4_096;

/** Parentheses in each other. Search keys nest; a deep stack is an attack. */
export const imapDepthMax = 50;

/** Words of one list: items of FETCH, flags, search keys. */
export const imapArgumentsMax = 1_000;

/** Messages of one APPEND (RFC 3502): each is kept until the last is there. */
export const imapAppendMessagesMax = 1_000;

/** Commands that cannot be read before the server leaves: a confused client repeats itself for ever. */
export const imapBadCommandsMax = 50;

/** Refused logins before the server leaves. */
export const imapLoginFailuresMax = 10;

/** Octets of one response that a client takes, literals included: a message of 50 MiB with room. */
export const imapResponseOctetsMax = 134_217_728;

/** Octets of the text of one message that SEARCH looks into, decoded. */
export const imapSearchOctetsMax = 67_108_864;

/** How long a client may take to close its side after our good bye. */
export const imapLingerMs = 2_000;

/** Silence before the login. */
export const imapStrangerTimeoutMs = 60_000;

/** Silence after it: at least 30 minutes (RFC 9051 §5.4). */
export const imapIdleTimeoutMs = 1_860_000;

/** While a client idles, something is said this often, so that both sides and what lies between them know that they live. */
export const imapKeepAliveMs = 120_000;

/** While a client idles, stores where nobody tells are asked this often. */
export const imapPollMs = 5_000;

/** A client renews its IDLE this often: 29 minutes are the most (RFC 2177 §3), but home routers forget after five, and so a dead peer is found. */
export const imapIdleRenewMs = 300_000;

/** How long a client waits for any octet while a command is under way. */
export const imapAnswerTimeoutMs = 60_000;
