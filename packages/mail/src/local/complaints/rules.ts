import type { MailComplaintLevel } from "./complaint.ts";

/** A rule: how bad it is to break it, where it is written, and what is said where nothing better is known. */
export interface MailComplaintRule {
  readonly level: MailComplaintLevel;
  readonly section: string;
  readonly text: string;
}

/** Every rule about a message itself; what is said of conversations is in `conversation/`. */
export const mailComplaintRules = {
  // Lines and octets
  "line-too-long": { level: "error", section: "RFC 5322 §2.1.1", text: "A line has more than 998 octets" },
  "line-long": { level: "advice", section: "RFC 5322 §2.1.1", text: "Lines should have no more than 78 octets" },
  "bare-line-ending": {
    level: "error",
    section: "RFC 5322 §2.3",
    text: "A CR or LF stands alone: lines end with CRLF",
  },
  "nul-octet": { level: "error", section: "RFC 5322 §4.1", text: "There is a NUL, which no message may have" },
  "eight-bit-undeclared": {
    level: "error",
    section: "RFC 6152 §3",
    text: "There are octets beyond US-ASCII, and the client did not say BODY=8BITMIME",
  },
  "size-wrong": {
    level: "warning",
    section: "RFC 1870 §6.1",
    text: "The message is larger than the client said with SIZE",
  },
  // Fields
  "field-syntax": {
    level: "error",
    section: "RFC 5322 §2.2",
    text: "This line of the header is no field: it has no name and colon",
  },
  "field-space": {
    level: "error",
    section: "RFC 5322 §4.5.8",
    text: "White space stands before the colon, where none may be",
  },
  "field-control": { level: "error", section: "RFC 5322 §2.2", text: "The field has control characters" },
  "field-not-ascii": {
    level: "error",
    section: "RFC 6532 §3.2",
    text: "The field has octets beyond US-ASCII, and the message was not sent with SMTPUTF8",
  },
  "field-not-utf8": { level: "error", section: "RFC 6532 §3.2", text: "The field has octets that are no UTF-8" },
  "field-twice": { level: "error", section: "RFC 5322 §3.6", text: "The field may be there once" },
  "fold-blank": { level: "error", section: "RFC 5322 §3.2.2", text: "A folded field has a line of white space alone" },
  "date-missing": { level: "error", section: "RFC 5322 §3.6", text: "There is no Date" },
  "from-missing": { level: "error", section: "RFC 5322 §3.6", text: "There is no From" },
  "sender-missing": {
    level: "error",
    section: "RFC 5322 §3.6.2",
    text: "From has several authors, and no Sender says who of them sent it",
  },
  "message-id-missing": { level: "warning", section: "RFC 5322 §3.6.4", text: "There is no Message-ID" },
  "message-id-syntax": { level: "error", section: "RFC 5322 §3.6.4", text: "The identifier is not spelt <left@right>" },
  "subject-missing": { level: "advice", section: "RFC 5322 §3.6.5", text: "There is no Subject" },
  "destination-missing": {
    level: "advice",
    section: "RFC 5322 §3.6.3",
    text: "There is no To, Cc or Bcc: people wonder why they got it",
  },
  "bcc-left": {
    level: "warning",
    section: "RFC 5322 §3.6.3",
    text: "Bcc is still in: everybody sees who got it secretly",
  },
  "return-path": {
    level: "warning",
    section: "RFC 5321 §4.4",
    text: "Return-Path is for the server that delivers: it must not be sent",
  },
  // Dates
  "date-syntax": { level: "error", section: "RFC 5322 §3.3", text: "The date cannot be read" },
  "date-obsolete": {
    level: "error",
    section: "RFC 5322 §4.3",
    text: "The date is spelt as nobody may write it any more",
  },
  "date-weekday": { level: "error", section: "RFC 5322 §3.3", text: "The day of the week is not that of the date" },
  "date-far": { level: "warning", section: "RFC 5322 §3.6.1", text: "The date is more than a day away from now" },
  // Addresses
  "address-syntax": { level: "error", section: "RFC 5322 §3.4", text: "An address cannot be read" },
  "address-empty": {
    level: "error",
    section: "RFC 5322 §3.4",
    text: "There is a comma too many, or no address at all",
  },
  // Encoded words
  "encoded-word-syntax": {
    level: "error",
    section: "RFC 2047 §2",
    text: "This looks like an encoded word and is none",
  },
  "encoded-word-long": { level: "error", section: "RFC 2047 §2", text: "An encoded word has more than 75 characters" },
  "encoded-word-charset": {
    level: "error",
    section: "RFC 2047 §2",
    text: "Nobody knows the charset of an encoded word",
  },
  "encoded-word-octets": {
    level: "error",
    section: "RFC 2047 §5",
    text: "An encoded word holds octets that are no whole text of its charset",
  },
  "encoded-word-glued": {
    level: "error",
    section: "RFC 2047 §5",
    text: "An encoded word is not parted by space from what stands beside it",
  },
  "encoded-word-quoted": {
    level: "error",
    section: "RFC 2047 §5",
    text: "An encoded word stands in quotes, where it means itself",
  },
  // MIME
  "mime-version-missing": {
    level: "error",
    section: "RFC 2045 §4",
    text: "There are MIME fields, and no MIME-Version",
  },
  "mime-version": { level: "warning", section: "RFC 2045 §4", text: "MIME-Version is not 1.0" },
  "content-type-syntax": { level: "error", section: "RFC 2045 §5.1", text: "The content type cannot be read" },
  "parameter-syntax": {
    level: "error",
    section: "RFC 2045 §5.1",
    text: 'A parameter cannot be read: values with spaces or ()<>@,;:\\"/[]?= stand in quotes',
  },
  "transfer-encoding-unknown": {
    level: "error",
    section: "RFC 2045 §6.1",
    text: "Nobody knows this transfer encoding",
  },
  "transfer-encoding-composite": {
    level: "error",
    section: "RFC 2045 §6.4",
    text: "A part that holds parts may not be encoded itself",
  },
  "eight-bit-unlabelled": {
    level: "error",
    section: "RFC 2045 §6.2",
    text: "The part has octets beyond US-ASCII, and does not say so by its transfer encoding",
  },
  "base64-syntax": { level: "error", section: "RFC 2045 §6.8", text: "This is no base64" },
  "base64-long": { level: "error", section: "RFC 2045 §6.8", text: "A line of base64 has more than 76 characters" },
  "quoted-printable-syntax": { level: "error", section: "RFC 2045 §6.7", text: "This is no quoted-printable" },
  "quoted-printable-long": {
    level: "error",
    section: "RFC 2045 §6.7",
    text: "A line of quoted-printable has more than 76 characters",
  },
  "content-id-syntax": { level: "warning", section: "RFC 2045 §7", text: "Content-ID is not spelt <left@right>" },
  "charset-unknown": { level: "warning", section: "RFC 2046 §4.1.2", text: "Nobody knows this charset" },
  "charset-octets": {
    level: "error",
    section: "RFC 2046 §4.1.2",
    text: "The part has octets that are no text of its charset",
  },
  "boundary-missing": { level: "error", section: "RFC 2046 §5.1.1", text: "A multipart says no boundary" },
  "boundary-syntax": {
    level: "error",
    section: "RFC 2046 §5.1.1",
    text: "A boundary has 1 to 70 characters, of those that are allowed, and no space at its end",
  },
  "boundary-unused": {
    level: "error",
    section: "RFC 2046 §5.1.1",
    text: "The boundary of a multipart is nowhere in it",
  },
  "boundary-unclosed": {
    level: "error",
    section: "RFC 2046 §5.1.1",
    text: "The closing boundary of a multipart is missing",
  },
  "boundary-clash": {
    level: "error",
    section: "RFC 2046 §5.1.2",
    text: "A multipart has the boundary of one that it lies in",
  },
  "alternative-order": {
    level: "warning",
    section: "RFC 2046 §5.1.4",
    text: "Plain text stands behind HTML: alternatives go from the plainest to the richest",
  },
  "text-missing": {
    level: "advice",
    section: "RFC 2046 §5.1.4",
    text: "There is HTML, and no plain text for those who read that",
  },
  "content-id-dangling": { level: "warning", section: "RFC 2392 §2", text: "The HTML shows a part that is not there" },
  // Lists
  "unsubscribe-syntax": {
    level: "error",
    section: "RFC 2369 §2",
    text: "Addresses of List-Unsubscribe stand in angle brackets",
  },
  "unsubscribe-missing": {
    level: "advice",
    section: "RFC 2369 §3.2",
    text: "Mail of a list should have List-Unsubscribe",
  },
  "unsubscribe-one-click": {
    level: "advice",
    section: "RFC 8058 §3.1",
    text: "With an https: address in List-Unsubscribe and List-Unsubscribe-Post, one click is enough: large providers want it",
  },
} as const;

/** The names of the rules about messages. */
export type MailComplaintCode = keyof typeof mailComplaintRules;
