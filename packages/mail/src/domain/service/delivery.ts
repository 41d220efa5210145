import { reportFault } from "@hawser/core";
import { MailQueueError } from "../../queue/errors.ts";
import type { MailTransportResult, NewQueuedMail } from "../../queue/queue.ts";
import type { SmtpEnvelope, SmtpRecipient, SmtpVerdict } from "../../smtp/backend.ts";
import { SmtpReplyError, smtpAccept, smtpReject } from "../../smtp/errors.ts";
import { deliverToMailbox, type MailboxDestination } from "../delivery/mailbox.ts";
import { delivered, isServed, type MailNotDelivered, outcomeOf } from "../delivery/outcome.ts";
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
const directMailboxesMax = 20;

/**
 * The mailbox of a recipient that stands for nothing else; `undefined`: the queue must see to it. Behind several destinations some
 * could fail, and it is the queue that remembers which.
 */
function mailboxFor({ recipient, route }: RoutedRecipient): MailboxDestination | undefined {
  if (route.type !== "deliver" || recipient.parameters.notify?.includes("SUCCESS")) return undefined; // the queue writes reports
  const [to, ...others] = route.to;
  return to?.type === "mailbox" && others.length === 0 ? to : undefined;
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

  /** SMTP: one answer for all; gives its text. @throws {SmtpReplyError} when nobody has it */
  async forAll(recipients: readonly RoutedRecipient[]): Promise<string | undefined> {
    const mailboxes = recipients.map(mailboxFor);
    if (mailboxes.length > directMailboxesMax || mailboxes.includes(undefined))
      return this.#enqueue(recipients.map(({ recipient }) => recipient));
    const left: SmtpRecipient[] = [];
    const refusals: SmtpReplyError[] = [];
    for (const [i, { recipient }] of recipients.entries()) {
      const verdict = verdictOf(await this.#deliver(recipient, mailboxes[i]!));
      if (verdict === smtpAccept) continue;
      left.push(recipient);
      refusals.push(verdict);
    }
    if (left.length === 0) return undefined;
    // Nobody has it: the client may keep it. Else the queue sees to the others, and reports what fails.
    if (left.length === recipients.length) throw refusals.find(({ temporary }) => temporary) ?? refusals[0]!;
    await this.#enqueue(left);
    return undefined;
  }

  /** LMTP: an answer for each. */
  async forEach(recipients: readonly RoutedRecipient[]): Promise<readonly SmtpVerdict[]> {
    const verdicts: SmtpVerdict[] = [];
    for (const one of recipients) {
      const mailbox = mailboxFor(one);
      if (mailbox !== undefined) verdicts.push(verdictOf(await this.#deliver(one.recipient, mailbox)));
      else verdicts.push(await this.#enqueue([one.recipient]).then(() => smtpAccept, refusalOf));
    }
    return verdicts;
  }

  /** Lays it into a mailbox, once; what comes of it. Never rejects, but with the reason of the signal. */
  #deliver({ address }: SmtpRecipient, to: MailboxDestination): Promise<MailTransportResult> {
    const key = JSON.stringify([to.user, to.folder]);
    const underWay = this.#mailboxes.get(key) ?? this.#deliverTo(to, address);
    this.#mailboxes.set(key, underWay);
    return underWay;
  }

  /** Puts it into the queue; its text for the client. @throws {SmtpReplyError} */
  async #enqueue(to: readonly SmtpRecipient[]): Promise<string> {
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
      return outcomeOf(error, this.#options.overQuota ?? "defer");
    }
  }
}

/** What an outcome is in SMTP's words. */
function verdictOf(result: MailTransportResult): SmtpVerdict {
  if (isServed(result)) return smtpAccept;
  const { outcome, status, text } = result as MailNotDelivered;
  const isFull = status.endsWith(".2.2");
  if (outcome === "failed") return new SmtpReplyError({ code: isFull ? 552 : 550, enhanced: status, text });
  return new SmtpReplyError({ code: isFull ? 452 : 451, enhanced: status, text });
}

/** What is said of a recipient whose mail could not be put into the queue. */
function refusalOf(error: unknown): SmtpReplyError {
  if (error instanceof SmtpReplyError) return error;
  reportFault(error, "mail queue");
  return smtpReject("451 4.3.0 Something went wrong here");
}

const queueReplies: Readonly<Partial<Record<MailQueueError["code"], SmtpReplyError>>> = {
  "too-large": smtpReject("552 5.3.4 The message is too large to be sent on"),
  "too-many-recipients": smtpReject("452 4.5.3 Too many recipients"),
  "bad-address": smtpReject("501 5.1.3 An address cannot be sent on"),
  unavailable: smtpReject("451 4.3.0 The queue cannot be reached now"),
  full: smtpReject("452 4.3.1 The queue is full, try again later"),
  closed: smtpReject("451 4.3.2 The queue is closed, try again later"),
};
