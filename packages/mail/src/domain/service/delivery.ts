import { MailQueueError } from "../../queue/errors.ts";
import type { MailTransportResult, NewQueuedMail } from "../../queue/queue.ts";
import type { SmtpEnvelope, SmtpRecipient, SmtpVerdict } from "../../smtp/backend.ts";
import { SmtpReplyError, smtpAccept, smtpReject } from "../../smtp/errors.ts";
import { deliverToMailbox, type MailboxDestination } from "../delivery/mailbox.ts";
import { delivered, joinedOutcome, type MailNotDelivered, outcomeOf } from "../delivery/outcome.ts";
import { tracedHeader, wholeMail } from "../delivery/trace.ts";
import type { MailRoute } from "../domain.ts";
import type { ArrivedHeader } from "./arrival.ts";
import type { MailDomainOptions } from "./options.ts";
import type { SpooledMail } from "./spool.ts";

/** A message that is whole, and may be taken. */
export interface WholeMail extends ArrivedHeader {
  readonly envelope: SmtpEnvelope;
  readonly body: SpooledMail;
  readonly signal: AbortSignal;
}

/** Somebody a message is for, and where that leads. */
export interface RoutedRecipient {
  readonly recipient: SmtpRecipient;
  readonly route: MailRoute;
}

/** Mailboxes that get a message while its sender waits: more go through the queue. A delivery takes some milliseconds. */
export const directMailboxesMax = 20;

/** Where a recipient's mail goes, when all of it is for mailboxes here; `undefined`: the queue must see to it. */
export function mailboxesFor({ recipient, route }: RoutedRecipient): readonly MailboxDestination[] | undefined {
  if (route.type !== "deliver" || recipient.parameters.notify?.includes("SUCCESS")) return undefined; // the queue writes reports
  const mailboxes = route.to.filter((to) => to.type === "mailbox");
  return mailboxes.length === route.to.length ? mailboxes : undefined;
}

/** Brings one message to its recipients: into mailboxes at once, or into the queue. */
export class MailDelivering {
  readonly #options: MailDomainOptions;
  readonly #mail: WholeMail;
  /** What came of each mailbox: nobody gets a message twice. */
  readonly #mailboxes = new Map<string, Promise<MailTransportResult>>();

  constructor(options: MailDomainOptions, mail: WholeMail) {
    this.#options = options;
    this.#mail = mail;
  }

  /** Lays it into mailboxes; what comes of it for one recipient. Never rejects, but with the reason of the signal. */
  async deliver({ address }: SmtpRecipient, to: readonly MailboxDestination[]): Promise<MailTransportResult> {
    const outcomes: MailTransportResult[] = [];
    for (const mailbox of to) {
      const key = JSON.stringify([mailbox.user, mailbox.folder]);
      const underWay = this.#mailboxes.get(key) ?? this.#deliverTo(mailbox, address);
      this.#mailboxes.set(key, underWay);
      outcomes.push(await underWay);
    }
    return joinedOutcome(outcomes);
  }

  /** Puts it into the queue; its text for the client. @throws {SmtpReplyError} */
  async enqueue(to: readonly SmtpRecipient[]): Promise<string> {
    const { envelope, header, body, signal } = this.#mail;
    const { body: kind, utf8, ret, envid } = envelope.parameters;
    const mail: NewQueuedMail = {
      from: envelope.from?.address ?? "",
      to: to.map(({ address, parameters: { notify, orcpt } }) => ({ address, notify, orcpt })),
      content: wholeMail(header, body.read()),
      body: kind,
      utf8,
      ret,
      envid,
    };
    try {
      const { id } = await this.#options.queue.submit(mail, { signal });
      return `Queued as ${id}`;
    } catch (error) {
      throw error instanceof MailQueueError ? (queueReplies[error.code] ?? error) : error;
    }
  }

  async #deliverTo(mailbox: MailboxDestination, address: string): Promise<MailTransportResult> {
    const { envelope, header, body, isJunk, signal } = this.#mail;
    const traced = tracedHeader(header, { from: envelope.from?.address ?? "", to: address });
    try {
      await deliverToMailbox(this.#options.store, mailbox, { content: wholeMail(traced, body.read()), isJunk, signal });
      return delivered;
    } catch (error) {
      signal.throwIfAborted();
      return outcomeOf(error, "defer");
    }
  }
}

/** What an outcome is in SMTP's words. */
export function verdictOf(result: MailTransportResult): SmtpVerdict {
  if (result.outcome === "delivered" || result.outcome === "relayed") return smtpAccept;
  const { outcome, status, text } = result as MailNotDelivered;
  const isFull = status.endsWith(".2.2");
  if (outcome === "failed") return new SmtpReplyError({ code: isFull ? 552 : 550, enhanced: status, text });
  return new SmtpReplyError({ code: isFull ? 452 : 451, enhanced: status, text });
}

const queueReplies: Readonly<Partial<Record<MailQueueError["code"], SmtpReplyError>>> = {
  "too-large": smtpReject("552 5.3.4 The message is too large to be sent on"),
  full: smtpReject("452 4.3.1 The queue is full, try again later"),
  closed: smtpReject("451 4.3.2 The queue is closed, try again later"),
};
