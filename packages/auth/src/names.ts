/**
 * Names and passwords, brought into the one form in which they are kept and compared. Whoever can type the same text in two
 * ways (an accent as one character or two, a wide space) must still be one user; whoever could smuggle in a control
 * character or an invisible one must not.
 */

/** RFC 4013 and RFC 8265 know no bound; Unix has 32 and mail addresses 254, so that every sane name fits. Octets of UTF-8. */
export const userNameOctetsMax = 255;

/** Hashing takes time that grows with the password. Octets of UTF-8. */
export const passwordOctetsMax = 1024;

/**
 * A user name as databases keep it: compatibility forms joined as SASLprep does (RFC 4013 §2), other spaces made spaces, and
 * what cannot be seen left out. Upper and lower case stay different.
 * @returns `undefined` for what is no name: empty, too long, with controls, marks of direction or unassigned halves
 */
export function prepareUserName(text: string): string | undefined {
  if (plainName.test(text)) return text;
  const name = text.replace(invisible, "").replace(otherSpaces, " ").normalize("NFKC").replace(invisible, "");
  const fits = name !== "" && Buffer.byteLength(name) <= userNameOctetsMax;
  return fits && !forbidden.test(name) ? name : undefined;
}

/**
 * A password as it is hashed (OpaqueString, RFC 8265 §4.2): composed, other spaces made spaces, nothing else changed.
 * @returns `undefined` for what is no password: empty, too long, with controls
 */
export function preparePassword(text: string): string | undefined {
  const password = text.replace(otherSpaces, " ").normalize("NFC");
  const fits = password !== "" && Buffer.byteLength(password) <= passwordOctetsMax;
  return fits && !forbiddenInPasswords.test(password) ? password : undefined;
}

/** What most names are. */
const plainName = /^[\w.@+-]{1,64}$/;

const otherSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/** RFC 3454 §B.1: commonly mapped to nothing. */
const invisible = /\u034f|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\u180b-\u180d]|[\ufe00-\ufe0f]/g;

/** Controls, halves of a pair, no characters, private use, line separators, what changes direction, what replaces the unreadable. */
const forbidden = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Bidi_Control}\ufffd]/u;

const forbiddenInPasswords = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;
