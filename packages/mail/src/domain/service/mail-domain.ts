import type { User } from "@hawser/auth";
import { type IpNetwork, parseIpNetwork, reportFault } from "@hawser/core";
import type {
  LmtpBackend,
  SmtpBackend,
  SmtpDecision,
  SmtpEnvelope,
  SmtpRecipient,
  SmtpSession,
  SmtpVerdict,
} from "../../smtp/backend.ts";
import { SmtpReplyError, smtpAccept, smtpReject } from "../../smtp/errors.ts";
import { isOwnAddress } from "../../smtp/server.ts";
import { parseSmtpAddress, type SmtpAddress } from "../../smtp/wire/path.ts";
import { splitMail } from "../content/split-mail.ts";
import { isJunk } from "../delivery/junk.ts";
import { refuseLoops } from "../delivery/trace.ts";
import type { MailRoute } from "../domain.ts";
import { MailAliasError } from "../errors.ts";
import { mailLocalKey } from "../names.ts";
import { type MailPolicy, withMailPolicies } from "../policies/policy.ts";
import { isPeerWithin, type MailArrival, type MailArrivalFacts, plainArrival } from "./arrival.ts";
import { MailDelivering, type RoutedRecipient, type WholeMail } from "./delivery.ts";
import { judgedArrival } from "./judged.ts";
import type { MailDomain, MailDomainOptions } from "./options.ts";
import { MailSpool } from "./spool.ts";
import { submittedArrival } from "./submitted.ts";

/**
 * Makes the backend of a domain's mail servers: it knows who is there, lets in what is for them, sends on for those alone who have
 * logged in, judges senders, signs what our own people send, and says yes when a message is in a mailbox or in the queue.
 *
 * ```ts no-run
 * const domain = mailDomain({ reactor, name: "mx.example.org", router, store, queue });
 * await listen("tcp:25", smtpServer(domain, { name: "mx.example.org", tls }));
 * await listen("tls:465:…", submissionServer(domain, { portal, maySendAs: domain.maySendAs }));
 * await listen("unix:/run/lmtp", lmtpServer(domain.lmtp));
 * ```
 * @throws {RangeError} for a network in `relayFrom` that is none
 */
export function mailDomain(options: MailDomainOptions): MailDomain {
  const backend = new MailDomainBackend(options);
  const smtp: SmtpBackend = {
    sender: (from, session) => backend.sender(from, session),
    recipient: (to, session, from) => backend.recipient(to, session, from),
    message: (envelope, content, session) => backend.message(envelope, content, session),
  };
  const lmtp: LmtpBackend = {
    recipient: (to, _session, from) => backend.localRecipient(to, from),
    message: (envelope, content, session) => backend.handedOver(envelope, content, session),
  };
  const policies = (options.policies ?? []).map((policy) => backend.exempted(policy));
  return { ...withMailPolicies(smtp, policies), lmtp, maySendAs: (user, from) => backend.maySendAs(user, from) };
}

class MailDomainBackend {
  readonly #options: MailDomainOptions;
  readonly #relayFrom: readonly IpNetwork[];
  readonly #spool: MailSpool;
  /** Names behind aliases that lead nowhere, which somebody has been told of. */
  readonly #told = new Set<string>();

  constructor(options: MailDomainOptions) {
    this.#options = options;
    this.#relayFrom = (options.relayFrom ?? []).map(parseIpNetwork);
    this.#spool = new MailSpool(options.reactor, options.spool);
  }

  /** Nobody who has logged in sends as somebody else (RFC 6409 §6.1). */
  sender(from: SmtpAddress | undefined, { user }: SmtpSession): SmtpDecision {
    if (user === undefined || from === undefined) return smtpAccept;
    return this.maySendAs(user, from).then((may) => (may ? smtpAccept : notYours));
  }

  async recipient(to: SmtpRecipient, session: SmtpSession, from: SmtpAddress | undefined): Promise<SmtpVerdict> {
    const route = await this.#route(to.address);
    if (route.type === "remote") return this.#isOurs(session) ? smtpAccept : noRelay;
    return this.#verdictOn(route, from);
  }

  async localRecipient(to: SmtpRecipient, from: SmtpAddress | undefined): Promise<SmtpVerdict> {
    const route = await this.#route(to.address);
    return route.type === "remote" ? noRelay : this.#verdictOn(route, from);
  }

  /** SMTP: one answer for all. */
  async message(
    envelope: SmtpEnvelope,
    content: AsyncIterable<Uint8Array>,
    session: SmtpSession,
  ): Promise<string | undefined> {
    const begin = (facts: MailArrivalFacts): MailArrival | Promise<MailArrival> =>
      this.#isOurs(session)
        ? submittedArrival(
            facts.header,
            { user: session.user, maySendAs: (user, from) => this.#mayWrite(user, from) },
            this.#options,
          )
        : judgedArrival(facts, this.#options);
    return this.#receive(envelope, content, session, begin, (delivering, recipients) => delivering.forAll(recipients));
  }

  /** LMTP: an answer for each recipient. The message was judged by who hands it over. */
  async handedOver(
    envelope: SmtpEnvelope,
    content: AsyncIterable<Uint8Array>,
    session: SmtpSession,
  ): Promise<readonly SmtpVerdict[]> {
    const begin = ({ header }: MailArrivalFacts): MailArrival => plainArrival(header, isJunk(header));
    return this.#receive(envelope, content, session, begin, (delivering, recipients) => delivering.forEach(recipients));
  }

  async maySendAs(user: User, from: SmtpAddress): Promise<boolean> {
    if (isOwnAddress(user, from) || (await this.#options.maySendAs?.(user, from.address))) return true;
    const route = await this.#route(from.address);
    const own = mailLocalKey(user.name);
    return route.type === "deliver" && route.to.some((to) => to.type === "mailbox" && mailLocalKey(to.user) === own);
  }

  /** Those who may send anywhere from where they are are not asked how they came. */
  exempted(policy: MailPolicy): MailPolicy {
    return {
      ...policy,
      sender: (from, session, parameters) =>
        this.#isWithin(session) ? smtpAccept : policy.sender?.(from, session, parameters),
      recipient: (to, session, from) => (this.#isWithin(session) ? smtpAccept : policy.recipient?.(to, session, from)),
    };
  }

  /** Looks at a message while it comes, and hands it on when it is whole. */
  async #receive<Answer>(
    envelope: SmtpEnvelope,
    content: AsyncIterable<Uint8Array>,
    session: SmtpSession,
    begin: (facts: MailArrivalFacts) => MailArrival | Promise<MailArrival>,
    take: (delivering: MailDelivering, recipients: readonly RoutedRecipient[]) => Promise<Answer>,
  ): Promise<Answer> {
    const { header, body } = await splitMail(content);
    const recipients: RoutedRecipient[] = [];
    for (const recipient of envelope.to) recipients.push({ recipient, route: await this.#route(recipient.address) });
    for (const { recipient, route } of recipients) if (route.type === "deliver") refuseLoops(header, recipient.address);
    await using spooled = this.#spool.begin();
    const arrival = await begin({ header, envelope, session });
    for await (const chunk of body) {
      arrival.receive(chunk);
      await spooled.add(chunk);
    }
    const { signal } = session;
    const mail: WholeMail = { ...(await arrival.finish()), envelope, body: spooled, signal };
    return await take(new MailDelivering(this.#options, mail), recipients);
  }

  async #route(address: string): Promise<MailRoute> {
    try {
      const route = await this.#options.router.route(address);
      if (route.type === "deliver") for (const name of route.missing ?? []) this.#tell(name, address);
      return route;
    } catch (error) {
      if (!(error instanceof MailAliasError)) throw error;
      this.#tell(error.message, address, error);
      throw aliasesLater;
    }
  }

  /** Each once: whoever is in charge should know, and a peer must not be able to fill a log. */
  #tell(what: string, address: string, error?: Error): void {
    if (this.#told.has(what) || this.#told.size >= toldMax) return;
    this.#told.add(what);
    reportFault(
      error ?? new RangeError(`Cannot deliver to ${what}, behind ${address}: nobody is there`),
      "mail aliases",
    );
  }

  #verdictOn(route: Exclude<MailRoute, { type: "remote" }>, from: SmtpAddress | undefined): SmtpVerdict {
    if (route.type === "refuse") return new SmtpReplyError({ code: 550, enhanced: route.status, text: route.text });
    const isWayBack = route.to.some((to) => to.type === "forward" && to.from === "");
    return isWayBack && from !== undefined ? reportsOnly : smtpAccept;
  }

  async #mayWrite(user: User, address: string): Promise<boolean> {
    try {
      return await this.maySendAs(user, parseSmtpAddress(address));
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /** One of us, who may send anywhere. */
  #isOurs(session: SmtpSession): boolean {
    return session.login !== undefined || this.#isWithin(session);
  }

  #isWithin(session: SmtpSession): boolean {
    return this.#relayFrom.length > 0 && isPeerWithin(this.#relayFrom, session);
  }
}

const toldMax = 1_000;

const noRelay = smtpReject("550 5.7.1 Mail is not sent on from here");
const notYours = smtpReject("553 5.7.1 This is not your address");
const reportsOnly = smtpReject("550 5.7.1 Reports alone are taken for this address");
const aliasesLater = smtpReject("451 4.3.0 Nobody can tell now whom this is for");
