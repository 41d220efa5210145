import type { Login, User } from "@hawser/auth";
import { userAvatar } from "@hawser/auth";
import { type SaslServer, saslServer } from "@hawser/auth/sasl";
import {
  type Address,
  Driver,
  ipAddress,
  networkHolds,
  type Protocol,
  parseIp,
  reportFault,
  type Transport,
  withDeadline,
} from "@hawser/core";
import type { SmtpDecision, SmtpRecipient } from "../backend.ts";
import { SmtpReplyError } from "../errors.ts";
import { replyWith, type SmtpMailParameters, type SmtpServerFacts } from "../extension.ts";
import { SmtpServerMachine } from "../machine/server.ts";
import type { SmtpServerAction, SmtpServerEvent } from "../machine/server-messages.ts";
import type { SmtpAddress } from "../wire/path.ts";
import { SmtpCode } from "../words.ts";
import { messageCut, SmtpDelivery } from "./delivery.ts";
import { SmtpServerSession } from "./session.ts";
import type { SmtpServerSettings } from "./settings.ts";
import { smtpLoginReplyFor, smtpReplyFor } from "./verdicts.ts";

/** One connection of a mail server: the machine, and the backend that decides. */
export class SmtpServerConnection {
  readonly driver: Driver<SmtpServerEvent, SmtpServerAction>;
  readonly #settings: SmtpServerSettings;
  readonly #transport: Transport;
  readonly #session: SmtpServerSession;
  #sasl: SaslServer<User> | undefined;
  /** A login whose last octets the client must still answer (RFC 4954 §4). */
  #pendingLogin: Login<User> | undefined;
  #sender: { readonly from: SmtpAddress | undefined; readonly parameters: SmtpMailParameters } | undefined;
  #recipients: SmtpRecipient[] = [];
  #delivery: SmtpDelivery | undefined;
  #messages = 0;

  constructor(settings: SmtpServerSettings, transport: Transport) {
    const { clock } = transport.reactor;
    this.#settings = settings;
    this.#transport = transport;
    this.#session = new SmtpServerSession(transport);
    const machine = new SmtpServerMachine({ ...settings, now: () => clock.now() });
    this.driver = new Driver(machine, transport, {
      event: (event) => this.#event(event),
      failed: (error) => this.#cut(error),
      closed: (error) => this.#closed(error),
      drain: () => this.driver.send({ type: "shutdown" }),
    });
  }

  /** Asks who may say hello, and greets. */
  greet(): Protocol {
    const facts = this.#facts();
    const greet = (refusal?: SmtpReplyError) => this.driver.send({ type: "greet", facts, refusal: refusal?.reply });
    void this.#decide(() => this.#settings.backend.connected?.(this.#session), greet, greet);
    return this.driver;
  }

  #event(event: SmtpServerEvent): void | Promise<void> {
    switch (event.type) {
      case "hello":
        return this.#hello(event);
      case "mail":
        return this.#mail(event);
      case "recipient":
        return this.#recipient({ ...event.to, parameters: event.parameters });
      case "data":
        return this.#data();
      case "content":
        return this.#delivery?.push(event.chunk);
      case "content-end":
        return this.#contentEnd();
      case "reset":
        return this.#cut();
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

  #hello({ name, isExtended }: Extract<SmtpServerEvent, { type: "hello" }>): void | Promise<void> {
    const said = () => {
      this.#session.hello = name;
      this.#session.isExtended = isExtended;
    };
    return this.#decideEvent(() => this.#settings.backend.hello?.(name, this.#session), said);
  }

  #mail({ from, parameters }: Extract<SmtpServerEvent, { type: "mail" }>): void | Promise<void> {
    const { backend } = this.#settings;
    const known = () => {
      this.#sender = { from, parameters };
      this.#recipients = [];
    };
    const bound = this.#bound(from);
    if (bound === undefined && backend.sender === undefined) {
      known();
      return this.driver.send({ type: "accept" });
    }
    const decide = () => backend.sender?.(from, this.#session, parameters);
    return this.#decideEvent(() => (bound === undefined ? decide() : bound.then((no) => no ?? decide())), known);
  }

  /** Nobody who must log in sends as somebody else (RFC 6409 §6.1). */
  #bound(from: SmtpAddress | undefined): Promise<SmtpReplyError | undefined> | undefined {
    const { maySendAs } = this.#settings;
    const { user } = this.#session;
    if (maySendAs === undefined || user === undefined || from === undefined) return undefined;
    return Promise.resolve(maySendAs(user, from)).then((may) => (may ? undefined : notYours));
  }

  #recipient(to: SmtpRecipient): void | Promise<void> {
    const { backend } = this.#settings;
    const decide = () => backend.recipient(to, this.#session, this.#sender?.from);
    return this.#decideEvent(decide, () => void this.#recipients.push(to));
  }

  #data(): void {
    const envelope = { ...this.#sender!, to: this.#recipients };
    this.#recipients = [];
    this.#delivery = new SmtpDelivery(this.#settings, this.#session, envelope, ++this.#messages);
    this.driver.send({ type: "accept" });
  }

  async #contentEnd(): Promise<void> {
    const delivery = this.#delivery!;
    const replies = await delivery.finish();
    this.#delivery = undefined;
    this.driver.send({ type: "received", replies });
  }

  /** The last words go before the end. */
  #close(): void {
    const { machine } = this.driver;
    for (let said = machine.takeOutput(); said !== undefined; said = machine.takeOutput())
      if (typeof said === "string") this.#transport.writeLatin1(said);
      else this.#transport.write(said);
    this.#transport.end();
  }

  #cut(error?: Error): void {
    this.#delivery?.cancel(error ?? messageCut());
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
    const refuse = (no: SmtpReplyError) => this.driver.send({ type: "refuse", reply: no.reply });
    const replaced = () => this.driver.send({ type: "replaced", facts });
    await this.#decide(() => this.#settings.backend.connected?.(this.#session), replaced, refuse);
  }

  #facts(): SmtpServerFacts {
    const { portal, tls, needsLogin, needsTls, kind } = this.#settings;
    const { peer, security } = this.#session;
    const context = { protocol: kind, peer, security };
    const options = { service: "smtp", host: this.#settings.name, ...this.#settings.sasl, wanted: userAvatar, context };
    this.#sasl = portal && saslServer(portal, options);
    return {
      isSecure: security !== undefined,
      hasTls: tls !== undefined,
      mechanisms: this.#sasl?.mechanisms ?? [],
      isProxy: this.#isTrusted(this.#transport.peer),
      needsLogin,
      needsTls,
    };
  }

  #isTrusted(peer: Address): boolean {
    const { xclientFrom } = this.#settings;
    const octets = peer.family === "ipv4" || peer.family === "ipv6" ? parseIp(peer.host) : undefined;
    return octets !== undefined && xclientFrom.some((network) => networkHolds(network, octets));
  }

  // Decisions.

  #decideEvent(ask: () => SmtpDecision, accepted: () => void): void | Promise<void> {
    const accept = () => {
      accepted();
      this.driver.send({ type: "accept" });
    };
    return this.#decide(ask, accept, (no) => this.driver.send({ type: "refuse", reply: no.reply }));
  }

  /** Asks the backend, which may answer now, later, or by throwing. */
  #decide(ask: () => SmtpDecision, accept: () => void, refuse: (no: SmtpReplyError) => void): void | Promise<void> {
    const settle = (verdict: SmtpReplyError | undefined) => {
      if (this.#isOver) return;
      if (verdict instanceof SmtpReplyError) refuse(verdict);
      else accept();
    };
    const failed = (error: unknown) => settle(new SmtpReplyError(smtpReplyFor(error)));
    try {
      const decision = ask();
      if (!(decision instanceof Promise)) return settle(decision);
      const { clock } = this.#transport.reactor;
      const { backendTimeoutMs } = this.#settings.limits;
      return withDeadline(clock, backendTimeoutMs, () => decision)
        .catch((error: unknown) => new SmtpReplyError(smtpReplyFor(error)))
        .then(settle);
    } catch (error) {
      return failed(error);
    }
  }

  #isOver = false;

  #closed(error: Error | undefined): void {
    this.#isOver = true;
    this.#cut(messageCut(error));
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

const notYours = new SmtpReplyError({ code: SmtpCode.badMailbox, enhanced: "5.7.1", text: "This is not your address" });
