import { type Clock, type Instant, type Machine, type Output, ReceiveBuffer, StateError } from "@hawser/core";
import { SmtpProtocolError, type SmtpProtocolErrorCode } from "../errors.ts";
import { replyWith, type SmtpServerFacts } from "../extension.ts";
import { decodeSasl } from "../extensions/auth.ts";
import { readCommandLine } from "../wire/command.ts";
import { formatSmtpReply, type SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";
import { SmtpIncoming } from "./incoming.ts";
import { SmtpLineTaker } from "./line.ts";
import { SmtpPatience } from "./patience.ts";
import * as replies from "./replies.ts";
import { answeredBy, type SmtpServerAction, type SmtpServerEvent } from "./server-messages.ts";
import type { SmtpServerMachineOptions } from "./server-options.ts";
import { SmtpStanding } from "./standing.ts";
import { goodbyeReply } from "./verbs.ts";

/** Where a session is. `asked`: an event waits for our decision. */
type ServerState = "new" | "commands" | "asked" | "content" | "challenged" | "closed";

/**
 * The server's side of SMTP and LMTP on one connection: octets in, events out, and nothing else (RFC 5321, RFC 2033). What a
 * client says too early, or with line endings that can be read in two ways, ends the session.
 */
export class SmtpServerMachine implements Machine<SmtpServerEvent, SmtpServerAction> {
  readonly #options: SmtpServerMachineOptions;
  readonly #patience: SmtpPatience;
  readonly #standing: SmtpStanding;
  readonly #buffer = new ReceiveBuffer();
  #output = "";
  #state: ServerState = "new";
  #asked: SmtpServerEvent | undefined;
  /** Events that are to be given before anything is read. */
  readonly #ready: SmtpServerEvent[] = [];
  readonly #incoming: SmtpIncoming;
  readonly #lines: SmtpLineTaker;
  #errors = 0;
  #authFailures = 0;
  #idleCommands = 0;
  #isShutdown = false;
  #hasEnded = false;

  constructor(options: SmtpServerMachineOptions, clock: Pick<Clock, "now">) {
    this.#options = options;
    this.#patience = new SmtpPatience(options.limits, clock);
    this.#standing = new SmtpStanding(options);
    this.#lines = new SmtpLineTaker(options.lineEndings);
    this.#incoming = new SmtpIncoming(options.limits, options.lineEndings);
  }

  get deadline(): Instant | undefined {
    return this.#patience.deadline;
  }

  receive(chunk: Uint8Array): void {
    if (this.#state !== "closed") this.#buffer.push(chunk);
  }

  end(): void {
    this.#hasEnded = true;
  }

  takeOutput(): Output | undefined {
    if (this.#output === "") return undefined;
    const output = this.#output;
    this.#output = "";
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
        this.#answered("received");
        this.#standing.transaction = undefined;
        this.#standing.messages++;
        this.#idleCommands = 0;
        for (const reply of action.replies) this.#count(reply);
        return;
      case "challenge":
        this.#answered("challenge");
        this.#output += `334 ${Buffer.from(action.data).toString("base64")}\r\n`;
        this.#state = "challenged";
        return;
      case "authenticated":
        this.#answered("authenticated");
        this.#standing.isLoggedIn = true;
        this.#standing.know(action.facts);
        return this.#say(replyWith(SmtpCode.authenticated, "2.7.0", "Welcome"));
      case "secured":
        this.#answered("secured");
        return this.#restart(action.facts);
      case "replaced":
        this.#answered("replaced");
        this.#restart(action.facts);
        return this.#say(this.#standing.greeting);
      default:
        action satisfies never;
    }
  }

  expire(now: Instant): void {
    if (!this.#patience.isOver(now)) return;
    if (this.#state === "closed") {
      this.#patience.deadline = undefined;
      this.#ready.push({ type: "abort" });
      return;
    }
    this.#ready.length = 0;
    this.#close(replyWith(SmtpCode.notAvailable, "4.4.2", "You were silent for too long"));
  }

  #readCommand(): boolean {
    const { limits } = this.#options;
    const line = this.#takeLine(limits.commandOctetsMax);
    if (line === undefined) return false;
    if (++this.#idleCommands > limits.idleCommandsMax)
      throw this.#fault("too-many-commands", "they bring no message", "RFC 5321 §7.8", replies.tooManyCommands);
    const command = readCommandLine(line);
    if (command === undefined) this.#count(replies.unknownCommand);
    else this.#run(command.verb, command.argument);
    if (this.#state === "commands") this.#patience.forCommand();
    return true;
  }

  #run(name: string, argument: string): void {
    const verb = this.#standing.verb(name);
    if (verb === undefined) return this.#count(this.#unknown(name));
    const mayFollow = verb.hasOctets === true || (verb.endsGroup !== true && this.#standing.isExtended);
    if (!mayFollow && this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining && name !== "QUIT")
      throw this.#early(`behind ${name}`, "RFC 2920 §3.1");
    if (name === "STARTTLS" && this.#buffer.octets > 0) throw this.#early("behind STARTTLS", "RFC 3207 §4.2");
    const refusal = this.#standing.refusal(name, verb);
    if (refusal !== undefined && verb.hasOctets !== true) return this.#count(refusal);
    const result = verb.run(argument, this.#standing);
    if (result.type === "chunk") return this.#beginChunk(result.octets, result.isLast, refusal);
    if (result.type === "ask") this.#ask(result.event);
    else this.#answer(name, result.reply);
  }

  #unknown(name: string): SmtpReply {
    if (!replies.foreignVerbs.has(name)) return replies.unknownCommand;
    throw this.#fault("not-smtp", `${name} is a command of another protocol`, "RFC 5321 §2.2", replies.notSmtp);
  }

  #answer(name: string, reply: SmtpReply): void {
    if (name === "RSET") this.#reset();
    if (reply === goodbyeReply) this.#close(reply);
    else this.#count(reply);
  }

  #readResponse(): boolean {
    const line = this.#takeLine(this.#options.limits.authOctetsMax);
    if (line === undefined) return false;
    this.#patience.forCommand();
    if (this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining)
      throw this.#early("within a login", "RFC 4954 §4");
    this.#state = "commands";
    const data = line === "*" ? undefined : decodeSasl(line);
    if (data !== undefined) this.#ask({ type: "auth-response", data });
    else {
      this.#ready.push({ type: "auth-cancel" });
      this.#count(line === "*" ? replies.cancelled : replies.notBase64);
    }
    return true;
  }

  #takeLine(octetsMax: number): string | undefined {
    const line = this.#lines.take(this.#buffer, octetsMax);
    if (line.type === "line") return line.text;
    if (line.type === "more") return undefined;
    if (line.type === "bare") throw this.#bare();
    const why = `a line has more than ${octetsMax} octets`;
    throw this.#fault("line-too-long", why, "RFC 5321 §4.5.3.1.4", replies.lineTooLong);
  }

  #readContent(): boolean {
    const step = this.#incoming.read(this.#buffer);
    for (const chunk of step.pieces) this.#ready.push({ type: "content", chunk });
    if (step.type === "broken") throw this.#bare();
    if (step.type === "too-much")
      throw this.#fault("message-too-large", "it has no end", "RFC 1870 §6.3", replies.tooLarge);
    if (step.type === "more") {
      if (step.hasProgress) this.#patience.forContent();
      return step.pieces.length > 0;
    }
    this.#state = "commands";
    if (step.type === "end") this.#ask({ type: "content-end" });
    else this.#patience.forCommand();
    if (step.type === "chunk") this.#say(replyWith(SmtpCode.ok, "2.0.0", `${step.octets} octets so far`));
    else if (step.type === "refused") this.#dropMessage(step.reply, step.hasBegun);
    return true;
  }

  #dropMessage(reply: SmtpReply, hasBegun: boolean): void {
    if (hasBegun) this.#ready.push({ type: "reset" });
    this.#standing.transaction = undefined;
    this.#count(reply);
  }

  /** The octets of a chunk come, whatever has been refused before it (RFC 3030 §2). */
  #beginChunk(octets: number, isLast: boolean, refusal: SmtpReply | undefined): void {
    const { transaction } = this.#standing;
    this.#patience.forMessage();
    const why = refusal ?? this.#standing.refusalOfContent(true);
    if (why !== undefined) {
      this.#incoming.skip(octets, why);
      this.#state = "content";
      return;
    }
    this.#incoming.pend(octets, isLast);
    if (transaction!.isChunked) return this.#beginOctets();
    transaction!.isChunked = true;
    this.#ask({ type: "data" });
  }

  #beginOctets(): void {
    this.#incoming.begin(this.#standing.transaction!.parameters.body === "BINARYMIME");
    this.#state = "content";
  }

  #ask(event: SmtpServerEvent): void {
    if (event.type === "hello") this.#reset();
    this.#asked = event;
    this.#state = "asked";
    this.#patience.deadline = undefined;
    this.#ready.push(event);
    if (event.type === "starttls") this.#output += "220 2.0.0 Ready to start TLS\r\n";
  }

  #answered(action: SmtpServerAction["type"]): SmtpServerEvent {
    const asked = this.#asked;
    if (asked === undefined || answeredBy[action]?.includes(asked.type) === false)
      throw new StateError(`Cannot answer the client: ${asked === undefined ? "nothing" : asked.type} was asked`);
    this.#asked = undefined;
    this.#state = "commands";
    this.#patience.forCommand();
    return asked;
  }

  #accept(reply: SmtpReply | undefined): void {
    const asked = this.#answered("accept");
    const endsGroup = asked.type === "hello" || (asked.type === "data" && !this.#incoming.isPending);
    if (endsGroup && this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining)
      throw this.#early("before an answer that must be waited for", "RFC 2920 §3.1");
    switch (asked.type) {
      case "hello":
        this.#standing.hello = asked.isExtended ? "extended" : "basic";
        return this.#agree(this.#standing.welcome, asked.isExtended ? undefined : reply);
      case "mail":
        this.#standing.transaction = { parameters: asked.parameters, recipients: 0, isChunked: false };
        return this.#agree(replies.senderOk, reply);
      case "recipient":
        this.#standing.transaction!.recipients++;
        this.#idleCommands--; // there may be many
        return this.#agree(replies.recipientOk, reply);
      default:
        return this.#beginContent();
    }
  }

  #beginContent(): void {
    this.#patience.forMessage();
    const isChunk = this.#incoming.isPending;
    this.#beginOctets();
    if (!isChunk) this.#output += replies.goAhead;
  }

  #refuse(reply: SmtpReply): void {
    const asked = this.#answered("refuse");
    if (asked.type === "auth" || asked.type === "auth-response") {
      this.#count(reply);
      if (++this.#authFailures >= this.#options.limits.authFailuresMax) this.#close(replies.tooManyLogins);
      return;
    }
    if (asked.type === "data" && this.#incoming.isPending) {
      this.#incoming.skipPending(reply);
      this.#state = "content";
      return;
    }
    if (asked.type === "data" || asked.type === "content-end") this.#standing.transaction = undefined;
    if (reply.code === SmtpCode.notAvailable)
      this.#close(reply); // RFC 5321 §3.8
    else this.#count(reply);
  }

  #greet(facts: SmtpServerFacts, refusal: SmtpReply | undefined): void {
    if (this.#state !== "new") throw new StateError("Cannot greet: the session has begun");
    if (this.#buffer.octets > 0 && !this.#options.allowEarlyPipelining) return; // next() ends it
    this.#standing.know(facts);
    this.#state = "commands";
    this.#patience.forCommand();
    if (refusal === undefined) this.#say(this.#standing.greeting);
    else this.#close(refusal);
  }

  #restart(facts: SmtpServerFacts): void {
    this.#reset();
    this.#standing.restart(facts);
  }

  #reset(): void {
    this.#incoming.forget();
    if (this.#standing.transaction?.isChunked === true) this.#ready.push({ type: "reset" });
    this.#standing.transaction = undefined;
  }

  #say(reply: SmtpReply): void {
    this.#output += formatSmtpReply(reply);
  }

  /** Says the usual yes, or another one. */
  #agree(usual: string, reply: SmtpReply | undefined): void {
    if (reply === undefined) this.#output += usual;
    else this.#say(reply);
  }

  /** Says a reply, and ends a session that has had too many refusals. */
  #count(reply: SmtpReply): void {
    this.#say(reply);
    if (reply.code < SmtpCode.notAvailable || ++this.#errors < this.#options.limits.errorsMax) return;
    const why = `${this.#errors} commands were refused`;
    throw this.#fault("too-many-errors", why, "RFC 5321 §7.8", replies.tooManyErrors);
  }

  #close(reply?: SmtpReply | undefined): void {
    if (reply !== undefined) this.#say(reply);
    this.#state = "closed";
    this.#buffer.skip(this.#buffer.octets);
    this.#patience.forClose();
    this.#ready.push({ type: "close" });
  }

  #bare(): SmtpProtocolError {
    return this.#fault("bare-line-ending", "CR and LF do not stand together", "RFC 5321 §2.3.8", replies.bareEnding);
  }

  #early(where: string, section: string): SmtpProtocolError {
    return this.#fault("early-octets", `octets came ${where}`, section, replies.outOfStep);
  }

  #fault(code: SmtpProtocolErrorCode, why: string, section: string, reply?: SmtpReply): SmtpProtocolError {
    if (reply !== undefined) this.#say(reply);
    this.#state = "closed";
    this.#patience.deadline = undefined;
    return new SmtpProtocolError(code, `Cannot go on with the session: ${why}`, { section, reply });
  }
}
