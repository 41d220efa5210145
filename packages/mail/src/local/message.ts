import type { MailComplaint } from "./complaints/complaint.ts";

/** Somebody in a field of a message. */
export interface MailLocalAddress {
  /** Empty where nobody says. */
  readonly name: string;
  readonly address: string;
}

/** What stood on the outside of a message (RFC 5321 §2.3.1), and who brought it. */
export interface MailLocalEnvelope {
  /** Empty: the null reverse-path, as reports have it. */
  readonly from: string;
  readonly to: readonly string[];
  /** What the client called itself; empty when it said nothing. */
  readonly hello: string;
  readonly peer: string;
  /** `TLSv1.3`; empty: without TLS. */
  readonly security: string;
  /** The name of who has logged in; empty: nobody. */
  readonly user: string;
}

/** What a list shows of a message. All of it is JSON, and the API gives it as it is. */
export interface MailLocalSummary {
  /** Ascending, and never used again: the UID in IMAP. */
  readonly id: number;
  /** ISO 8601, in UTC. */
  readonly receivedAt: string;
  readonly from: readonly MailLocalAddress[];
  readonly to: readonly MailLocalAddress[];
  readonly cc: readonly MailLocalAddress[];
  /** Everybody whom it was sent to, named in the message or not: from the envelope, where there was one. */
  readonly recipients: readonly string[];
  /** Decoded; empty where there is none. */
  readonly subject: string;
  /** The first words of its text. */
  readonly preview: string;
  readonly octets: number;
  readonly attachmentCount: number;
  readonly isRead: boolean;
  /** The sender was told no, since it breaks an RFC: see `pedantic`. */
  readonly isRefused: boolean;
  /** How many rules it breaks; advice is not counted. */
  readonly complaintCount: number;
}

/** A file that came with a message. */
export interface MailLocalAttachment {
  /** Its part: `2`, `1.2`. */
  readonly part: string;
  /** Never a path. Empty: it has no name. */
  readonly filename: string;
  readonly contentType: string;
  /** Without angle brackets; empty: none. */
  readonly contentId: string;
  /** It belongs into the HTML, as its pictures do. */
  readonly isInline: boolean;
  /** Decoded. */
  readonly octets: number;
}

/** One part of a message, with those in it. */
export interface MailLocalPart {
  /** As IMAP numbers it; empty for a multipart at the top. */
  readonly part: string;
  readonly contentType: string;
  readonly transferEncoding: string;
  readonly charset: string;
  readonly filename: string;
  /** Of its body as it was sent. */
  readonly octets: number;
  readonly parts: readonly MailLocalPart[];
}

/** A field of the header. */
export interface MailLocalField {
  readonly name: string;
  /** Unfolded and decoded. */
  readonly value: string;
}

/** All there is to be known of a message. */
export interface MailLocalMessage extends MailLocalSummary {
  readonly replyTo: readonly MailLocalAddress[];
  /** Recipients that the message does not name. */
  readonly bcc: readonly string[];
  /** Without angle brackets; empty where there is none. */
  readonly messageId: string;
  /** What `Date` says, as ISO 8601 in UTC; empty where it says nothing legible. */
  readonly date: string;
  /** Absent: it was not sent by SMTP, but put there by IMAP. */
  readonly envelope?: MailLocalEnvelope | undefined;
  readonly header: readonly MailLocalField[];
  /** Lines end with LF alone. Empty: it has none. */
  readonly text: string;
  /** As it was sent. Never to be trusted. */
  readonly html: string;
  /** Where its text and its HTML lead, without doubles: what a test wants to click. */
  readonly links: readonly string[];
  readonly attachments: readonly MailLocalAttachment[];
  readonly structure: MailLocalPart;
  readonly complaints: readonly MailComplaint[];
  /** What client and server said, `C: ` and `S: ` before each line; passwords are left out. */
  readonly conversation: readonly string[];
}
