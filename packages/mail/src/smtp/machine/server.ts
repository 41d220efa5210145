import { type Instant, type Machine, type Output, ReceiveBuffer, StateError } from "@hawser/core";
import { SmtpProtocolError, type SmtpProtocolErrorCode } from "../errors.ts";
import {
  replyWith,
  type SmtpExtension,
  type SmtpServerFacts,
  type SmtpTransaction,
  type SmtpTurn,
  type SmtpVerb,
} from "../extension.ts";
import { decodeSasl } from "../extensions/auth.ts";
import type { SmtpServerLimits } from "../limits.ts";
import { readCommandLine } from "../wire/command.ts";
import type { SmtpLineEndings } from "../wire/data-reader.ts";
import { formatSmtpReply, type SmtpReply } from "../wire/reply.ts";
import { SmtpCode, type SmtpKind } from "../words.ts";
import { SmtpContentReader } from "./content-reader.ts";
import { takeLine } from "./line.ts";
import type { SmtpServerAction, SmtpServerEvent } from "./server-messages.ts";
import { goodbyeReply, smtpVerbs } from "./verbs.ts";

/** What a machine on the server's side is made with. */
export interface SmtpServerMachineOptions {
  readonly kind: SmtpKind;
  /** Our name, in the greeting. */
  readonly name: string;
  readonly limits: SmtpServerLimits;
  readonly extensions: readonly SmtpExtension[];
  readonly lineEndings: SmtpLineEndings;
  /** Forgives clients that say more before they may (RFC 2920 §3.1). */
  readonly allowEarlyPipelining: boolean;
  readonly now: () => Instant;
}

/** Where a session is. `asked`: an event waits for our decision. */
type ServerState = "new" | "commands" | "asked" | "content" | "challenged" | "closed";

/** How long a client may take to close its side after our last word. */
const lingerMs = 2_000;

/**
 * The server's side of SMTP and LMTP on one connection: octets in, events out, and nothing else (RFC 5321, RFC 2033). What a
 * client says too early, or with line endings that can be read in two ways, ends the session.
 */
export class SmtpServerMachine implements Machine<SmtpServerEvent, SmtpServerAction> {
  readonly #options: SmtpServerMachineOptions;
  readonly #verbs: Readonly<Record<string, SmtpVerb>>;
  readonly #buffer = new ReceiveBuffer();
  #output: string[] = [];
  #state: ServerState = "new";
  #asked: SmtpServerEvent | undefined;
  /** Events that are to be given before anything is read. */
  readonly #ready: SmtpServerEvent[] = [];
  #facts: SmtpServerFacts = noFacts;
  #offered: readonly SmtpExtension[] = [];
  #hello: "basic" | "extended" | undefined;
  #isLoggedIn = false;
  #transaction: (SmtpTransaction & { recipients: number; isChunked: boolean }) | undefined;
  #content: SmtpContentReader | undefined;
  /** A chunk whose octets come behind the decision about its message. */
  #pendingChunk: { readonly octets: number; readonly isLast: boolean } | undefined;
  #searched = 0;
  #errors = 0;
  #authFailures = 0;
  #idleCommands = 0;
  #messages = 0;
  #isShutdown = false;
  #hasEnded = false;
  #deadline: Instant | undefined;
  /** When the message that is being sent must be complete. */
  #contentUntil: Instant = 0;

  constructor(options: SmtpServerMachineOptions) {
    this.#options = options;
    const offered = () => this.#offered;
    this.#verbs = smtpVerbs(options.kind, offered);
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  receive(chunk: Uint8Array): void {
    if (this.#state !== "closed") this.#buffer.push(chunk);
  }

  end(): void {
    this.#hasEnded = true;
  }

  takeOutput(): Output | undefined {
    if (this.#output.length === 0) return undefined;
    const output = this.#output.length === 1 ? this.#output[0] : this.#output.join("");
    this.#output = [];
    return output;
  }

  next(): SmtpServerEvent | undefined {
    for (;;) {
      const ready = this.#ready.shift();
      if (ready !== undefined) return ready;
      if (!this.#advance()) break;
    }
    return this.#ready.shift() ?? this.#finish();
  }

  /** Reads one thing. @returns whether something came of it */
  #advance(): boolean {
    switch (this.#state) {
      case "new":
        if (this.#buffer.octets > 0) throw this.#early("before the greeting", "RFC 5321 §4.3.1");
        return false;
      case "commands":
        if (!this.#isShutdown) return this.#readCommand();
        this.#close(replyWith(SmtpCode.notAvailable, "4.3.2", "Shutting down"));
        return true;
      case "content":
        return this.#readContent();
      case "challenged":
        return this.#readResponse();
      default:
        return false;
    }
  }

  /** The client has closed its side and nothing is left to be read. */
  #finish(): SmtpServerEvent | undefined {
    if (!this.#hasEnded || this.#state === "asked" || this.#state === "closed") return undefined;
    const isWithin = this.#state !== "commands" || this.#buffer.octets > 0;
    if (isWithin)
      throw this.#fault("unexpected-end", "the client has closed its side within something", "RFC 5321 §4.1.1.10");
    this.#close();
    return this.#ready.shift();
  }

  send(action: SmtpServerAction): void {
    switch (action.type) {
      case "greet":
        return this.#greet(action.facts, action.refusal);
      case "shutdown":
        this.#isShutdown = true;
        return;
      case "accept":
        return this.#accept(action.reply);
      case "refuse":
        return this.#refuse(action.reply);
      case "received":
        this.#answered("content-end");
        this.#transaction = undefined;
        this.#messages++;
        for (const reply of action.replies) this.#count(reply);
        return;
      case "challenge":
        this.#answered("auth", "auth-response");
        this.#output.push(`334 ${Buffer.from(action.data).toString("base64")}\r\n`);
        this.#state = "challenged";
        return;
      case "authenticated":
        this.#answered("auth", "auth-response");
        this.#isLoggedIn = true;
        this.#know(action.facts);
        return this.#say(replyWith(SmtpCode.authenticated, "2.7.0", "Welcome"));
      case "secured":
        this.#answered("starttls");
        return this.#restart(action.facts);
      case "replaced":
        this.#answered("xclient");
        this.#restart(action.facts);
        return this.#say(this.#greeting);
      default:
        action satisfies never;
    }
  }

  expire(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    if (this.#state === "closed") {
      this.#deadline = undefined;
      this.#ready.push({ type: "abort" });
      return;
    }
    this.#ready.length = 0;
    this.#close(replyWith(SmtpCode.notAvailable, "4.4.2", "You were silent for too long"));
  }

  // What is read.

  #readCommand(): boolean {
    const { limits } = this.#options;
    const line = this.#takeLine(limits.commandOctetsMax);
    if (line === undefined) return false;
    this.#patience(limits.commandTimeoutMs);
    if (++this.#idleCommands > limits.idleCommandsMax)
      throw this.#fault("too-many-commands", "they bring no message", "RFC 5321 §7.8", tooManyCommands);
    const command = readCommandLine(line);
    if (command === undefined) this.#count(unknownCommand);
    else this.#run(command.verb, command.argument);
    return true;
  }

  #run(name: string, argument: string): void {
    if (foreign.has(name))
      throw this.#fault("not-smtp", `${name} is a command of another protocol`, "RFC 5321 §2.2", notSmtp);
    const base = this.#verbs[name];
    const verb = base ?? this.#offered.find(({ verbs }) => verbs && Object.hasOwn(verbs, name))?.verbs?.[name];
    if (verb === undefined) return this.#count(unknownCommand);
    if (base === undefined && this.#hello !== "extended" && verb.hasOctets !== true) return this.#count(helloFirst);
    const mayFollow = verb.hasOctets === true || (verb.endsGroup !== true && this.#hello === "extended");
    if (!mayFollow && this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining && name !== "QUIT")
      throw this.#early(`behind ${name}`, "RFC 2920 §3.1");
    if (name === "STARTTLS" && this.#buffer.octets > 0) throw this.#early("behind STARTTLS", "RFC 3207 §4.2");
    const refusal = this.#refusal(verb);
    if (refusal !== undefined && verb.hasOctets !== true) return this.#count(refusal);
    const result = verb.run(argument, this.#turn);
    if (result.type === "chunk") return this.#beginChunk(result.octets, result.isLast, refusal);
    if (result.type === "ask") this.#ask(result.event);
    else this.#answer(name, result.reply);
  }

  /** Why a command may not be said here, whatever its argument is. */
  #refusal(verb: SmtpVerb): SmtpReply | undefined {
    const { needsTls, needsLogin, isSecure } = this.#facts;
    const { after = "hello", isAlwaysAllowed = false } = verb;
    if (needsTls && !isSecure && !isAlwaysAllowed) return tlsFirst;
    if (after !== "nothing" && this.#hello === undefined) return helloFirst;
    if (needsLogin && !this.#isLoggedIn && !isAlwaysAllowed) return loginFirst;
    if ((after === "mail" || after === "recipient") && this.#transaction === undefined) return mailFirst;
    if (after === "recipient" && this.#transaction!.recipients === 0) return recipientFirst;
    return undefined;
  }

  #answer(name: string, reply: SmtpReply): void {
    if (name === "RSET") this.#reset();
    if (reply === goodbyeReply) this.#close(reply);
    else this.#count(reply);
  }

  #readResponse(): boolean {
    const line = this.#takeLine(this.#options.limits.authOctetsMax);
    if (line === undefined) return false;
    this.#patience(this.#options.limits.commandTimeoutMs);
    if (this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining)
      throw this.#early("within a login", "RFC 4954 §4");
    this.#state = "commands";
    const data = line === "*" ? undefined : decodeSasl(line);
    if (data !== undefined) this.#ask({ type: "auth-response", data });
    else {
      this.#ready.push({ type: "auth-cancel" });
      this.#count(
        replyWith(SmtpCode.badArguments, line === "*" ? "5.0.0" : "5.5.2", line === "*" ? "Cancelled" : "Not base64"),
      );
    }
    return true;
  }

  #takeLine(octetsMax: number): string | undefined {
    const line = takeLine(this.#buffer, this.#searched, octetsMax, this.#options.lineEndings);
    if (line.type === "more") {
      this.#searched = line.searched;
      return undefined;
    }
    this.#searched = 0;
    if (line.type === "line") return line.text;
    if (line.type === "too-long")
      throw this.#fault(
        "line-too-long",
        `a line has more than ${octetsMax} octets`,
        "RFC 5321 §4.5.3.1.4",
        lineTooLong,
      );
    throw this.#fault("bare-line-ending", "CR and LF do not stand together", "RFC 5321 §2.3.8", bareEnding);
  }

  #readContent(): boolean {
    const content = this.#content!;
    const octets = content.octets;
    const state = content.read(this.#buffer);
    for (const chunk of content.take()) this.#ready.push({ type: "content", chunk });
    if (state === "broken")
      throw this.#fault("bare-line-ending", "CR and LF do not stand together", "RFC 5321 §2.3.8", bareEnding);
    if (content.octets > 2 * this.#options.limits.messageOctetsMax)
      throw this.#fault("message-too-large", "it has no end", "RFC 1870 §6.3", tooLarge);
    if (content.octets > octets) this.#patience(this.#options.limits.contentTimeoutMs, this.#contentUntil);
    if (state === "more") return this.#ready.length > 0;
    this.#endContent(content, state === "end");
    return true;
  }

  /** A message is complete, or one chunk of it is. */
  #endContent(content: SmtpContentReader, isWhole: boolean): void {
    this.#patience(this.#options.limits.commandTimeoutMs);
    this.#state = "commands";
    if (content.refusal !== undefined) {
      this.#content = undefined;
      if (content.hasBegun) this.#ready.push({ type: "reset" });
      this.#transaction = undefined;
      this.#count(content.refusal);
    } else if (isWhole) {
      this.#content = undefined;
      this.#ask({ type: "content-end" });
    } else this.#say(replyWith(SmtpCode.ok, "2.0.0", `${content.octets} octets so far`));
  }

  /** The octets of a chunk come, whatever has been refused before it (RFC 3030 §2). */
  #beginChunk(octets: number, isLast: boolean, refusal: SmtpReply | undefined): void {
    const transaction = this.#transaction;
    this.#contentUntil = this.#options.now() + this.#options.limits.messageTimeoutMs;
    const why =
      refusal ?? (transaction === undefined ? mailFirst : transaction.recipients === 0 ? recipientFirst : undefined);
    if (why !== undefined) {
      this.#content = SmtpContentReader.skipping(octets, why);
      this.#state = "content";
      return;
    }
    this.#pendingChunk = { octets, isLast };
    if (transaction!.isChunked) return this.#continueChunks();
    transaction!.isChunked = true;
    this.#ask({ type: "data" });
  }

  #continueChunks(): void {
    const { octets, isLast } = this.#pendingChunk!;
    this.#pendingChunk = undefined;
    this.#content ??= this.#newContent(false);
    this.#content.expect(octets, isLast);
    this.#state = "content";
  }

  #newContent(hasDots: boolean): SmtpContentReader {
    const { limits, lineEndings } = this.#options;
    const isBinary = this.#transaction!.parameters.body === "BINARYMIME";
    return new SmtpContentReader({ hasDots, isBinary, lineEndings, limits });
  }

  // What is decided.

  #ask(event: SmtpServerEvent): void {
    if (event.type === "hello") this.#reset();
    this.#asked = event;
    this.#state = "asked";
    this.#deadline = undefined;
    this.#ready.push(event);
    if (event.type === "starttls") this.#output.push("220 2.0.0 Ready to start TLS\r\n");
  }

  #answered(...types: readonly SmtpServerEvent["type"][]): SmtpServerEvent {
    const asked = this.#asked;
    if (asked === undefined || !(types.length === 0 || types.includes(asked.type)))
      throw new StateError(`Cannot answer the client: ${asked === undefined ? "nothing" : asked.type} was asked`);
    this.#asked = undefined;
    this.#state = "commands";
    this.#patience(this.#options.limits.commandTimeoutMs);
    return asked;
  }

  #accept(reply: SmtpReply | undefined): void {
    const asked = this.#answered("hello", "mail", "recipient", "data");
    const endsGroup = asked.type === "hello" || (asked.type === "data" && this.#pendingChunk === undefined);
    if (endsGroup && this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining)
      throw this.#early("before an answer that must be waited for", "RFC 2920 §3.1");
    switch (asked.type) {
      case "hello":
        this.#hello = asked.isExtended ? "extended" : "basic";
        return asked.isExtended
          ? this.#sayOffers()
          : this.#say(reply ?? replyWith(SmtpCode.ok, undefined, this.#options.name));
      case "mail":
        this.#idleCommands = 0;
        this.#transaction = { parameters: asked.parameters, recipients: 0, isChunked: false };
        return this.#say(reply ?? senderOk);
      case "recipient":
        this.#transaction!.recipients++;
        this.#idleCommands = 0;
        return this.#say(reply ?? recipientOk);
      default:
        return this.#beginContent();
    }
  }

  #beginContent(): void {
    const { limits, now } = this.#options;
    this.#contentUntil = now() + limits.messageTimeoutMs;
    this.#patience(limits.contentTimeoutMs, this.#contentUntil);
    if (this.#pendingChunk !== undefined) return this.#continueChunks();
    this.#content = this.#newContent(true);
    this.#state = "content";
    this.#output.push("354 End with a dot on a line of its own\r\n");
  }

  #refuse(reply: SmtpReply): void {
    const asked = this.#answered();
    if (asked.type === "auth" || asked.type === "auth-response") {
      this.#count(reply);
      if (++this.#authFailures >= this.#options.limits.authFailuresMax) this.#close(tooManyLogins);
      return;
    }
    if (asked.type === "data" && this.#pendingChunk !== undefined) {
      this.#content = SmtpContentReader.skipping(this.#pendingChunk.octets, reply);
      this.#pendingChunk = undefined;
      this.#state = "content";
      return;
    }
    if (asked.type === "data" || asked.type === "content-end") this.#transaction = undefined;
    if (reply.code === SmtpCode.notAvailable)
      this.#close(reply); // RFC 5321 §3.8
    else this.#count(reply);
  }

  #greet(facts: SmtpServerFacts, refusal: SmtpReply | undefined): void {
    if (this.#state !== "new") throw new StateError("Cannot greet: the session has begun");
    if (this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining) return; // next() ends it
    this.#know(facts);
    this.#state = "commands";
    this.#patience(this.#options.limits.commandTimeoutMs);
    if (refusal === undefined) this.#say(this.#greeting);
    else this.#close(refusal);
  }

  get #greeting(): SmtpReply {
    const { kind, name } = this.#options;
    return replyWith(SmtpCode.ready, undefined, `${name} ${kind === "lmtp" ? "LMTP" : "ESMTP"} ready`);
  }

  /** Another TLS layer, or another client: nothing of what was said counts (RFC 3207 §4.2). */
  #restart(facts: SmtpServerFacts): void {
    this.#reset();
    this.#hello = undefined;
    this.#isLoggedIn = false;
    this.#know(facts);
  }

  #know(facts: SmtpServerFacts): void {
    this.#facts = facts;
    this.#offered = this.#options.extensions.filter((one) => one.offer(facts, this.#options.limits) !== undefined);
  }

  #reset(): void {
    this.#content = undefined;
    if (this.#transaction?.isChunked === true) this.#ready.push({ type: "reset" });
    this.#transaction = undefined;
  }

  get #turn(): SmtpTurn {
    const { kind, limits } = this.#options;
    return {
      kind,
      limits,
      facts: this.#facts,
      messages: this.#messages,
      isLoggedIn: this.#isLoggedIn,
      isExtended: this.#hello === "extended",
      transaction: this.#transaction,
    };
  }

  // What is said.

  #sayOffers(): void {
    const { limits, name } = this.#options;
    const offers = this.#offered.map((one) => `${one.keyword} ${one.offer(this.#facts, limits)}`.trimEnd());
    this.#say({ code: SmtpCode.ok, lines: [name, ...offers] });
  }

  #say(reply: SmtpReply): void {
    this.#output.push(formatSmtpReply(reply));
  }

  /** Says a reply, and ends a session that has had too many refusals. */
  #count(reply: SmtpReply): void {
    this.#say(reply);
    if (reply.code < SmtpCode.notAvailable || ++this.#errors < this.#options.limits.errorsMax) return;
    throw this.#fault("too-many-errors", `${this.#errors} commands were refused`, "RFC 5321 §7.8", tooManyErrors);
  }

  #close(reply?: SmtpReply | undefined): void {
    if (reply !== undefined) this.#say(reply);
    this.#state = "closed";
    this.#buffer.skip(this.#buffer.octets);
    this.#deadline = this.#options.now() + lingerMs;
    this.#ready.push({ type: "close" });
  }

  #early(where: string, section: string): SmtpProtocolError {
    return this.#fault("early-octets", `octets came ${where}`, section, outOfStep);
  }

  #fault(code: SmtpProtocolErrorCode, why: string, section: string, reply?: SmtpReply): SmtpProtocolError {
    if (reply !== undefined) this.#say(reply);
    this.#state = "closed";
    this.#deadline = undefined;
    return new SmtpProtocolError(code, `Cannot go on with the session: ${why}`, { section, reply });
  }

  #patience(ms: number, until: Instant = Number.POSITIVE_INFINITY): void {
    this.#deadline = Math.min(this.#options.now() + ms, until);
  }
}

const noFacts: SmtpServerFacts = {
  isSecure: false,
  hasTls: false,
  mechanisms: [],
  isProxy: false,
  needsLogin: false,
  needsTls: false,
};

/** Verbs of HTTP, with which a browser can be made to say something here (ALPACA), and of Redis and the like. */
const foreign = new Set(["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "PRI"]);

const senderOk = replyWith(SmtpCode.ok, "2.1.0", "Ok");
const recipientOk = replyWith(SmtpCode.ok, "2.1.5", "Ok");
const unknownCommand = replyWith(SmtpCode.syntaxError, "5.5.2", "Unknown command");
const helloFirst = replyWith(SmtpCode.badSequence, "5.5.1", "Say EHLO first");
const mailFirst = replyWith(SmtpCode.badSequence, "5.5.1", "Say MAIL first");
const recipientFirst = replyWith(SmtpCode.failed, "5.5.1", "No recipient was accepted");
const loginFirst = replyWith(SmtpCode.authRequired, "5.7.0", "Log in first");
const tlsFirst = replyWith(SmtpCode.authRequired, "5.7.0", "Say STARTTLS first");
const lineTooLong = replyWith(SmtpCode.syntaxError, "5.5.2", "Line is too long");
const bareEnding = replyWith(SmtpCode.failed, "5.5.2", "CR and LF must stand together");
const outOfStep = replyWith(SmtpCode.failed, "5.5.0", "You said more than you may before my answer");
const notSmtp = replyWith(SmtpCode.failed, "5.5.1", "This is not the protocol you speak");
const tooLarge = replyWith(SmtpCode.exceededStorage, "5.3.4", "Message is too large");
const tooManyErrors = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many errors");
const tooManyCommands = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many commands");
const tooManyLogins = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many failed logins");
