import type { DomainName } from "../name/domain-name.ts";
import { loweredName } from "./fields/names.ts";
import { alsoCalled, type DnsRecordType, recordOf } from "./record-type.ts";

/**
 * A mail server or a mailbox, as the first mail on the Internet had them; obsolete (RFC 1035 §3.3.3,
 * RFC 1035 §3.3.4). RFC 3597 §4 would let the name be compressed; many peers do not know these types any more.
 */
export interface MailboxData {
  readonly target: DomainName;
}

/** MB: see {@link MailboxData} */
export const mbRecord: DnsRecordType<"MB", MailboxData> = recordOf("MB", {
  target: loweredName,
});

/** MD: a mail destination, obsolete (RFC 1035 §3.3.4). */
export const mdRecord: DnsRecordType<"MD", MailboxData> = alsoCalled("MD", mbRecord);

/** MF: a mail forwarder, obsolete (RFC 1035 §3.3.5). */
export const mfRecord: DnsRecordType<"MF", MailboxData> = alsoCalled("MF", mbRecord);

/** MG: a member of a mail group (RFC 1035 §3.3.6). */
export const mgRecord: DnsRecordType<"MG", MailboxData> = alsoCalled("MG", mbRecord);

/** MR: the new name of a mailbox (RFC 1035 §3.3.8). */
export const mrRecord: DnsRecordType<"MR", MailboxData> = alsoCalled("MR", mbRecord);
