/** Octets of a command without its CRLF: RFC 2449 §4 has 255, its CRLF included; SASL's may be longer (RFC 5034 §4). */
export const pop3CommandOctetsMax = 253;

/** Octets of a line of an authentication: 16,384 in base64. */
export const pop3SaslOctetsMax = 21_848;

/** How long a client may be silent: RFC 1939 §3 has ten minutes as the least. Before its login one. */
export const pop3IdleMs = 600_000;
export const pop3LoginMs = 60_000;

/** Commands that fail, in a row or not, before the session ends. Postfix has 20 (`smtpd_hard_error_limit`). */
export const pop3ErrorsMax = 20;

/** Logins that fail before the session ends. Dovecot has 3; the portal slows them down. */
export const pop3LoginsMax = 5;

/** Octets of a line that a server says: 512, CRLF included (RFC 1939 §3); some say more. */
export const pop3ReplyOctetsMax = 8_192;
