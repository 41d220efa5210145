import type { Reactor } from "@hawser/core";
import { MailHeader } from "@hawser/mime";
import type {
  MailConsignment,
  MailQueue,
  MailTransport,
  MailTransportResult,
  QueuedRecipient,
} from "../../queue/queue.ts";
import type { MailStore } from "../../store/store.ts";
import { splitMail } from "../content/split-mail.ts";
import { unixLines } from "../content/unix-lines.ts";
import type { MailDestination, MailRouter } from "../domain.ts";
import { mailAddressParts } from "../names.ts";
import { readingsOf } from "../router/detail.ts";
import type { MailSenderRewriting } from "../router/srs.ts";
import { type DestinationGroup, type ForwardGroup, grouped } from "./groups.ts";
import { isJunk } from "./junk.ts";
import { deliverToMailbox } from "./mailbox.ts";
import { deliverToFile, firstLine } from "./mbox-file.ts";
import { deferred, delivered, failed, joinedOutcome, type MailOverQuota, outcomeOf } from "./outcome.ts";
import { deliverToProgram, type MailProgramOptions } from "./program.ts";
import { forwardedSender } from "./sender.ts";
import { type ServedDestinations, ServedMessages } from "./served.ts";
import { mailHopsMaxDefault, queuedField, refuseLoops, tracedHeader, traceField, wholeMail } from "./trace.ts";

/** How mail is delivered here. */
export interface LocalDeliveryOptions {
  readonly reactor: Reactor;
  /** Our name, for `Received`. */
  readonly name: string;
  readonly router: MailRouter;
  readonly store: MailStore;
  /** Takes what is sent on; asked for when it is needed, since the queue is made with this transport. */
  readonly queue: () => Pick<MailQueue, "submit">;
  /** Rewrites the senders of what is sent on. Default: they stay, and SPF may fail elsewhere. */
  readonly srs?: MailSenderRewriting | undefined;
  /** Default: programs are run as we run ourselves. `false`: never. */
  readonly programs?: MailProgramOptions | false | undefined;
  /** Whether files are written that aliases name. Default true. */
  readonly files?: boolean | undefined;
  /** What becomes of mail for a full mailbox: kept for later (4.2.2), or sent back (5.2.2). Default `defer`. */
  readonly overQuota?: MailOverQuota | undefined;
  /** What parts a user from the rest of an address, for the programs' `EXTENSION`. Default `+`. */
  readonly separator?: string | undefined;
  /** `Received` fields, before a message is taken for one that goes in a circle. Default 100. */
  readonly hopsMax?: number | undefined;
}

/**
 * The way from a queue to everything that is here: mailboxes, programs, files, and back into the queue for what is sent on.
 *
 * Of several destinations behind one name, those that have a message do not get it again when others are tried again; that is
 * remembered in memory, so after a restart a message may be doubled, never lost.
 */
export function localDelivery(options: LocalDeliveryOptions): MailTransport {
  const served = new ServedMessages();
  return {
    destination: () => "local",
    async deliver(consignment) {
      const { id } = consignment.mail;
      const known = served.get(id);
      const results: MailTransportResult[] = [];
      for (const recipient of consignment.recipients)
        results.push(await new LocalAttempt(options, consignment, recipient, known).run());
      served.keep(id, known);
      return results;
    },
  };
}

/** One message for one recipient, once. */
class LocalAttempt {
  readonly #options: LocalDeliveryOptions;
  readonly #consignment: MailConsignment;
  readonly #recipient: QueuedRecipient;
  readonly #served: ServedDestinations;
  #isJunk = false;

  constructor(
    options: LocalDeliveryOptions,
    consignment: MailConsignment,
    recipient: QueuedRecipient,
    served: ServedDestinations,
  ) {
    this.#options = options;
    this.#consignment = consignment;
    this.#recipient = recipient;
    this.#served = served;
  }

  async run(): Promise<MailTransportResult> {
    try {
      const route = await this.#options.router.route(this.#recipient.address);
      if (route.type === "remote") return deferred("4.3.5", "The domain is not one of ours");
      if (route.type === "refuse") return failed(route.status, route.text);
      await this.#lookAtHeader();
      return await this.#deliverAll(route.to);
    } catch (error) {
      return this.#outcomeOf(error);
    }
  }

  async #lookAtHeader(): Promise<void> {
    const { header, drop } = await splitMail(this.#consignment.content());
    await drop();
    this.#isJunk = isJunk(header);
    refuseLoops(header, this.#recipient.address, this.#options.hopsMax ?? mailHopsMaxDefault);
  }

  async #deliverAll(to: readonly MailDestination[]): Promise<MailTransportResult> {
    const outcomes: MailTransportResult[] = [];
    for (const group of grouped(to, (one) => forwardedSender(this.#consignment.mail.from, one, this.#options)))
      outcomes.push(await this.#served.once(keyOf(group), () => this.#deliver(group)));
    return joinedOutcome(outcomes);
  }

  async #deliver(group: DestinationGroup): Promise<MailTransportResult> {
    const { signal } = this.#consignment;
    signal.throwIfAborted();
    try {
      switch (group.type) {
        case "mailbox":
          await deliverToMailbox(this.#options.store, group, { content: this.#traced(), isJunk: this.#isJunk, signal });
          return delivered;
        case "forward":
          return await this.#forward(group);
        case "program":
          return await this.#program(group.command);
        case "file":
          return await this.#file(group.path);
        default:
          return group satisfies never;
      }
    } catch (error) {
      return this.#outcomeOf(error);
    }
  }

  #outcomeOf(error: unknown): MailTransportResult {
    if (this.#consignment.signal.aborted) return deferred("4.3.2", "The delivery was given up for now");
    return outcomeOf(error, this.#options.overQuota ?? "defer");
  }

  /** One message in the queue for all who hear of it from the same sender. */
  async #forward({ from, addresses, isAnew }: ForwardGroup): Promise<MailTransportResult> {
    const { mail, signal } = this.#consignment;
    const { address, notify, orcpt = `rfc822;${address}` } = this.#recipient;
    const wishes = isAnew ? {} : { notify, orcpt };
    const { body, utf8, ret, envid } = mail;
    const reports = isAnew ? {} : { ret, envid };
    const to = addresses.map((one) => ({ address: one, ...wishes }));
    await this.#options.queue().submit({ from, to, content: this.#forwarded(), body, utf8, ...reports }, { signal });
    return isAnew ? delivered : { outcome: "passed" };
  }

  /** That it was here shows when it comes back. */
  async *#forwarded(): AsyncGenerator<Uint8Array, void, undefined> {
    const { header, body } = await splitMail(this.#consignment.content());
    const field = traceField("Delivered-To", this.#recipient.address);
    yield* wholeMail(new MailHeader([field, ...header.without("return-path").fields]), body);
  }

  async #program(command: string): Promise<MailTransportResult> {
    const { reactor, programs = {} } = this.#options;
    if (programs === false) return failed("5.7.1", "Programs are not run here");
    const { signal } = this.#consignment;
    return deliverToProgram(
      reactor,
      { command, variables: this.#variables(), content: this.#unixContent(), signal },
      programs,
    );
  }

  async #file(path: string): Promise<MailTransportResult> {
    const { reactor, files = true } = this.#options;
    if (!files) return failed("5.7.1", "Files are not written here");
    const content = unixLines(this.#traced(), { quotesFrom: true });
    return deliverToFile(reactor, { path, from: this.#consignment.mail.from, content });
  }

  /** What a program is told, by the names of Postfix' local(8). */
  #variables(): Readonly<Record<string, string>> {
    const { local, domain } = mailAddressParts(this.#recipient.address);
    const { name, detail } = readingsOf(local, this.#options.separator).at(-1)!;
    return {
      SENDER: this.#consignment.mail.from,
      RECIPIENT: this.#recipient.address,
      ORIGINAL_RECIPIENT: this.#recipient.orcpt?.replace(/^[^;]*;/, "") ?? this.#recipient.address,
      LOCAL: local,
      DOMAIN: domain,
      USER: name,
      LOGNAME: name,
      ...(detail !== undefined && { EXTENSION: detail }),
    };
  }

  async *#unixContent(): AsyncGenerator<Uint8Array, void, undefined> {
    yield Buffer.from(firstLine(this.#consignment.mail.from, this.#options.reactor.clock.wall()));
    yield* unixLines(this.#traced(), { quotesFrom: false });
  }

  async *#traced(): AsyncGenerator<Uint8Array, void, undefined> {
    const { mail } = this.#consignment;
    const { address } = this.#recipient;
    const { header, body } = await splitMail(this.#consignment.content());
    const received = queuedField(this.#options.name, mail.id, address, this.#options.reactor.clock.wall());
    yield* wholeMail(tracedHeader(header, { from: mail.from, to: address, received }), body);
  }
}

/** The same for each attempt: a rewritten sender is another every day. */
function keyOf(group: DestinationGroup): string {
  return JSON.stringify(group.type === "forward" ? { ...group, from: undefined } : group);
}
