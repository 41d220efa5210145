import type { User } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import type { MailQueue } from "../../queue/queue.ts";
import type { DkimKey } from "../../sender/dkim/keys.ts";
import type { DnsLookups } from "../../sender/lookups/lookups.ts";
import type { LmtpBackend, SmtpBackend } from "../../smtp/backend.ts";
import type { SmtpAddress } from "../../smtp/wire/path.ts";
import type { MailStore } from "../../store/store.ts";
import type { MailOverQuota } from "../delivery/outcome.ts";
import type { MailRouter } from "../domain.ts";
import type { MailPolicy } from "../policies/policy.ts";

/** What a mail domain is made of. */
export interface MailDomainOptions {
  readonly reactor: Reactor;
  /** Our name: in `Authentication-Results`, `Message-ID` and where else a host signs. */
  readonly name: string;
  readonly router: MailRouter;
  /** Where mailboxes are. */
  readonly store: MailStore;
  /** Takes what goes elsewhere, to programs, or cannot be delivered now. */
  readonly queue: Pick<MailQueue, "submit">;
  /** Who may bring mail, asked in order. Not asked about those who have logged in. Default: everybody may. */
  readonly policies?: readonly MailPolicy[] | undefined;
  /** Judges senders: SPF, DKIM and DMARC, of mail that nobody has logged in for. Default: nobody is judged. */
  readonly senders?: MailSenderJudging | undefined;
  /** Signs what people of ours send: with the keys of the domain in `From`, or of one above it. Default: nothing is signed. */
  readonly dkim?: readonly DkimKey[] | undefined;
  /** Networks that may send anywhere without a login: `10.0.0.0/8`. Default: none. */
  readonly relayFrom?: readonly string[] | undefined;
  /**
   * Which addresses somebody who has logged in may use in `From`, beside one's own and those that lead into one's mailbox. Default:
   * no others.
   */
  readonly maySendAs?: ((user: User, address: string) => boolean | Promise<boolean>) | undefined;
  /** What is said for a full mailbox: that it may be tried again (452 4.2.2), or not (552 5.2.2). Default `defer`. */
  readonly overQuota?: MailOverQuota | undefined;
  /** Where messages wait that are too large to be kept in memory until they are whole. Default: in memory. */
  readonly spool?: MailSpoolOptions | undefined;
}

/** How senders are judged. */
export interface MailSenderJudging {
  readonly lookups: DnsLookups;
  /**
   * What becomes of mail whose domain disowns it (RFC 7489 §6.6.2). `enforce`: what the domain asks for, refused or laid into the
   * folder for junk; `junk`: never refused; `mark`: the results are written down, no more. Default `enforce`.
   */
  readonly dmarc?: "enforce" | "junk" | "mark" | undefined;
}

/** Where messages wait until they are whole. */
export interface MailSpoolOptions {
  /** A folder of our own, which is there. What a crash leaves in it may be removed. Default: memory alone. */
  readonly folder?: string | undefined;
  /** Octets of one message in memory before it goes to the folder. Default 1,048,576. */
  readonly memoryOctetsMax?: number | undefined;
  /** Octets of all messages in memory; more is refused for now. Default 268,435,456. */
  readonly totalOctetsMax?: number | undefined;
}

/**
 * The backend of a domain's servers: `smtpServer(domain)` on port 25, `submissionServer(domain, { portal, maySendAs:
 * domain.maySendAs })` on 587 and 465, and `lmtpServer(domain.lmtp)`.
 */
export interface MailDomain extends SmtpBackend {
  /** For who hands over mail that has been judged: recipients of ours alone, an answer for each, no policies. */
  readonly lmtp: LmtpBackend;
  /** Whether an address is a user's own, or leads into that user's mailbox. */
  maySendAs(user: User, from: SmtpAddress): Promise<boolean>;
}
