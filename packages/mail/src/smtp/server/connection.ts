import type { Login, Portal, User } from "@hawser/auth";
import { userAvatar } from "@hawser/auth";
import { type SaslServer, saslServer } from "@hawser/auth/sasl";
import {
  type Address,
  type DriveHandlers,
  Driver,
  ipAddress,
  networkHolds,
  type Protocol,
  parseIp,
  reportFault,
  type Transport,
} from "@hawser/core";
import type { SmtpDecision, SmtpRecipient, SmtpVerdict } from "../backend.ts";
import { SmtpReplyError } from "../errors.ts";
import { replyWith, type SmtpMailParameters, type SmtpServerFacts } from "../extension.ts";
import { SmtpServerMachine } from "../machine/server.ts";
import type { SmtpServerAction, SmtpServerEvent } from "../machine/server-messages.ts";
import type { SmtpAddress } from "../wire/path.ts";
import { SmtpCode } from "../words.ts";
import { BackendTimer } from "./backend-timer.ts";
import { messageCut, SmtpDelivery } from "./delivery.ts";
import { SmtpServerSession } from "./session.ts";
import type { SmtpServerSettings } from "./settings.ts";
import { smtpLoginReplyFor, smtpReplyFor } from "./verdicts.ts";

/** What the backend decides. */
type Question =
  | Extract<SmtpServerEvent, { type: "hello" | "mail" }>
  | { readonly type: "recipient"; readonly to: SmtpRecipient };

/** One connection of a mail server: the machine, and the backend that decides. */
export class SmtpServerConnection implements DriveHandlers<SmtpServerEvent> {
  readonly driver: Driver<SmtpServerEvent, SmtpServerAction>;
  readonly #settings: SmtpServerSettings;
  readonly #transport: Transport;
  readonly #session: SmtpServerSession;
  readonly #timer: BackendTimer;
  #sasl: SaslServer<User> | undefined;
  /** A login whose last octets the client must still answer (RFC 4954 §4). */
  #pendingLogin: Login<User> | undefined;
  #sender: { readonly from: SmtpAddress | undefined; readonly parameters: SmtpMailParameters } | undefined;
  #recipients: SmtpRecipient[] = [];
  #delivery: SmtpDelivery | undefined;
  #messages = 0;
  #isOver = false;

  constructor(settings: SmtpServerSettings, transport: Transport) {
    const { clock } = transport.reactor;
    this.#settings = settings;
    this.#transport = transport;
    this.#session = new SmtpServerSession(transport);
    this.#timer = new BackendTimer(clock, settings.limits.backendTimeoutMs);
    this.driver = new Driver(new SmtpServerMachine(settings, clock), transport, this);
  }

  /** Asks who may say hello, and greets. */
  greet(): Protocol {
    const facts = this.#facts();
    void this.#askConnected((no) => this.driver.send({ type: "greet", facts, refusal: no?.reply }));
    return this.driver;
  }

  event(event: SmtpServerEvent): void | Promise<void> {
    switch (event.type) {
      case "hello":
      case "mail":
        return this.#decide(event);
      case "recipient":
        return this.#decide({ type: "recipient", to: recipientOf(event) });
      case "data":
        return this.#data();
      case "content":
        return this.#delivery?.push(event.chunk);
      case "content-end":
        return this.#contentEnd();
      case "reset":
        return this.#cut(undefined);
      case "auth":
        return this.#logIn(() => this.#sasl!.start(event.mechanism, event.initial));
      case "auth-response":
        return this.#respond(event.data);
      case "auth-cancel":
        return this.#cancelLogin();
      case "starttls":
        return this.#startTls();
      case "xclient":
        return this.#xclient(event.attributes);
      case "close":
        return this.#close();
      case "abort":
        return this.#transport.abort();
      default:
        event satisfies never;
    }
  }

  failed(error: Error): void {
    this.#isOver = true; // what the backend still says comes too late
    this.#cut(error);
  }

  closed(error?: Error): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#cut(this.#delivery && messageCut(error));
    this.#sasl?.abort();
    this.#session.end();
    void this.#pendingLogin?.logout();
    void this.#session.restart();
    try {
      this.#settings.backend.closed?.(this.#session);
    } catch (fault) {
      reportFault(fault, "SMTP backend");
    }
  }

  drain(): void {
    this.driver.send({ type: "shutdown" });
  }

  #data(): void {
    const { from, parameters } = this.#sender!;
    const envelope = { from, parameters, to: this.#recipients };
    this.#recipients = [];
    this.#delivery = new SmtpDelivery(this.#settings, this.#session, envelope, ++this.#messages);
    this.driver.send(accept);
  }

  #contentEnd(): Promise<void> {
    return this.#delivery!.finish(this.#timer).then((replies) => {
      this.#delivery = undefined;
      this.driver.send({ type: "received", replies });
    });
  }

  /** The last words go before the end. */
  #close(): void {
    const { machine } = this.driver;
    for (let said = machine.takeOutput(); said !== undefined; said = machine.takeOutput())
      if (typeof said === "string") this.#transport.writeLatin1(said);
      else this.#transport.write(said);
    this.#transport.end();
  }

  /** A message that is under way will not be completed. */
  #cut(reason: Error | undefined): void {
    this.#delivery?.cancel(reason ?? messageCut());
    this.#delivery = undefined;
    this.#recipients = [];
  }

  // Logins.

  async #logIn(step: () => ReturnType<SaslServer<User>["start"]>): Promise<void> {
    try {
      const reply = await step();
      if (reply.type === "challenge") return this.driver.send({ type: "challenge", data: reply.data });
      if (reply.data === undefined) return this.#loggedIn(reply.login);
      this.#pendingLogin = reply.login;
      this.driver.send({ type: "challenge", data: reply.data });
    } catch (error) {
      this.driver.send({ type: "refuse", reply: smtpLoginReplyFor(error) });
    }
  }

  #respond(data: Uint8Array): void | Promise<void> {
    const login = this.#pendingLogin;
    if (login === undefined) return this.#logIn(() => this.#sasl!.respond(data));
    this.#pendingLogin = undefined;
    if (data.length === 0) return this.#loggedIn(login);
    this.driver.send({ type: "refuse", reply: replyWith(SmtpCode.badArguments, "5.5.2", "Nothing was left to say") });
    return login.logout();
  }

  #loggedIn(login: Login<User>): void {
    this.#session.login = login;
    if (this.#isOver) void login.logout();
    else this.driver.send({ type: "authenticated", facts: this.#facts() });
  }

  #cancelLogin(): void | Promise<void> {
    this.#sasl?.abort();
    const login = this.#pendingLogin;
    this.#pendingLogin = undefined;
    return login?.logout();
  }

  // What makes another connection of this one.

  async #startTls(): Promise<void> {
    await undefined; // our yes is written first
    try {
      await this.#transport.startTls(this.#settings.tls!);
    } catch {
      return; // the transport is gone, and says so
    }
    await this.#session.restart();
    this.driver.send({ type: "secured", facts: this.#facts() });
  }

  async #xclient(attributes: ReadonlyMap<string, string | undefined>): Promise<void> {
    const peer = addressOf(attributes, "ADDR", "PORT", this.#session.peer);
    const local = addressOf(attributes, "DESTADDR", "DESTPORT", this.#session.local);
    if (peer === undefined || local === undefined)
      return this.driver.send({ type: "refuse", reply: replyWith(SmtpCode.badArguments, "5.5.4", "Bad address") });
    await this.#session.restart();
    this.#session.replaced = { peer, local };
    this.#session.peerName = attributes.get("NAME");
    const facts = this.#facts();
    await this.#askConnected((no) =>
      this.driver.send(no === undefined ? { type: "replaced", facts } : { type: "refuse", reply: no.reply }),
    );
  }

  #facts(): SmtpServerFacts {
    const { portal, tls, needsLogin, needsTls } = this.#settings;
    this.#sasl = portal && this.#logins(portal);
    return {
      isSecure: this.#session.security !== undefined,
      hasTls: tls !== undefined,
      mechanisms: this.#sasl?.mechanisms ?? [],
      isProxy: this.#isTrusted(),
      needsLogin,
      needsTls,
    };
  }

  #logins(portal: Portal): SaslServer<User> {
    const { kind, name, sasl } = this.#settings;
    const { peer, security } = this.#session;
    const context = { protocol: kind, peer, security };
    return saslServer(portal, { service: "smtp", host: name, ...sasl, wanted: userAvatar, context });
  }

  #isTrusted(): boolean {
    const { xclientFrom } = this.#settings;
    if (xclientFrom.length === 0) return false;
    const { peer } = this.#transport;
    const octets = peer.family === "ipv4" || peer.family === "ipv6" ? parseIp(peer.host) : undefined;
    return octets !== undefined && xclientFrom.some((network) => networkHolds(network, octets));
  }

  // Decisions.

  #askConnected(settle: (verdict: SmtpVerdict) => void): void | Promise<void> {
    const decision = this.#ask({ type: "connected" });
    if (!(decision instanceof Promise)) return settle(decision);
    return this.#inTime(decision).then((verdict) => {
      if (!this.#isOver) settle(verdict);
    });
  }

  #decide(question: Question): void | Promise<void> {
    const decision = this.#ask(question);
    if (decision instanceof Promise) return this.#inTime(decision).then((verdict) => this.#settle(question, verdict));
    this.#settle(question, decision);
  }

  /** What the backend answers, now or later; what it throws is a no. */
  #ask(question: Question | { readonly type: "connected" }): SmtpDecision {
    const { backend } = this.#settings;
    try {
      switch (question.type) {
        case "connected":
          return backend.connected?.(this.#session);
        case "hello":
          return backend.hello?.(question.name, this.#session);
        case "mail":
          return this.#askSender(question);
        case "recipient":
          return backend.recipient(question.to, this.#session, this.#sender?.from);
      }
    } catch (error) {
      return refusalFor(error);
    }
  }

  /** Nobody who must log in sends as somebody else (RFC 6409 §6.1). */
  #askSender({ from, parameters }: Extract<Question, { type: "mail" }>): SmtpDecision {
    const { maySendAs, backend } = this.#settings;
    const { user } = this.#session;
    if (maySendAs === undefined || user === undefined || from === undefined)
      return backend.sender?.(from, this.#session, parameters);
    return Promise.resolve(maySendAs(user, from)).then((may) =>
      may ? backend.sender?.(from, this.#session, parameters) : notYours,
    );
  }

  #settle(question: Question, verdict: SmtpVerdict): void {
    if (this.#isOver) return;
    if (verdict instanceof SmtpReplyError) return this.driver.send({ type: "refuse", reply: verdict.reply });
    this.#agree(question);
    this.driver.send(accept);
  }

  #agree(question: Question): void {
    switch (question.type) {
      case "hello":
        this.#session.hello = question.name;
        this.#session.isExtended = question.isExtended;
        return;
      case "mail":
        this.#sender = question;
        this.#recipients = [];
        return;
      case "recipient":
        this.#recipients.push(question.to);
    }
  }

  #inTime(decision: Promise<SmtpVerdict>): Promise<SmtpVerdict> {
    return this.#timer.wait(decision).catch(refusalFor);
  }
}

function recipientOf({ to, parameters }: Extract<SmtpServerEvent, { type: "recipient" }>): SmtpRecipient {
  return { local: to.local, domain: to.domain, address: to.address, parameters };
}

function refusalFor(error: unknown): SmtpReplyError {
  return new SmtpReplyError(smtpReplyFor(error));
}

/** The address that a proxy tells, the old one where it tells none; `undefined` when it cannot be read. */
function addressOf(
  attributes: ReadonlyMap<string, string | undefined>,
  host: string,
  port: string,
  old: Address,
): Address | undefined {
  const told = attributes.get(host)?.replace(/^IPv6:/i, "");
  const number = Number(attributes.get(port) ?? 0);
  if (!(number <= 65_535)) return undefined;
  if (told === undefined) return attributes.has(host) ? { family: "opaque", name: "unknown" } : old;
  return parseIp(told) === undefined ? undefined : ipAddress(told, number);
}

const accept: SmtpServerAction = { type: "accept" };
const notYours = new SmtpReplyError({ code: SmtpCode.badMailbox, enhanced: "5.7.1", text: "This is not your address" });
