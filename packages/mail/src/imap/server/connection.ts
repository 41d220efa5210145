import { LoginError, type Portal } from "@hawser/auth/protocol";
import { SaslProtocolError } from "@hawser/auth/sasl";
import {
  ConnectionError,
  DeadlineTimer,
  type Driver,
  drive,
  ProtocolError,
  reportFault,
  type Transport,
} from "@hawser/core";
import { MimeError } from "@hawser/mime";
import { MailStoreError } from "../../store/errors.ts";
import { ImapReplyError, imapBad } from "../errors.ts";
import { imapBadCommandsMax, imapIdleTimeoutMs, imapStrangerTimeoutMs } from "../limits.ts";
import { type ImapServerAction, type ImapServerEvent, ImapServerMachine } from "../machine/server.ts";
import { type ImapLine, ImapScanner } from "../wire/scanner.ts";
import { ImapAppend } from "./append.ts";
import { capabilitiesOf } from "./capabilities.ts";
import type { ImapServerCommand } from "./command.ts";
import { imapServerCommands } from "./commands.ts";
import type { ImapServerOptions } from "./options.ts";
import { ImapSession, imapReplyOf } from "./session.ts";

/** Serves one client: reads commands one after the other, and answers each before the next is looked at. */
export class ImapServerConnection {
  readonly driver: Driver<ImapServerEvent, ImapServerAction>;
  readonly #session: ImapSession;
  readonly #timer: DeadlineTimer;
  #append: ImapAppend | undefined;
  #badCommands = 0;

  constructor(transport: Transport, portal: Portal, options: ImapServerOptions) {
    this.#session = new ImapSession(transport, portal, options);
    const { clock } = transport.reactor;
    this.#timer = new DeadlineTimer(clock, () => this.#session.bye("Nothing was said for too long"));
    this.driver = drive(new ImapServerMachine(), transport, {
      event: (event) => this.#event(event),
      drained: () => this.#session.hasRoom(),
      closed: () => this.#closed(),
      drain: () => this.#session.bye("The server is stopping"),
    });
    this.#session.drivenBy(this.driver);
    this.#wait();
    const name = options.name ?? "Hawser";
    this.#session.untagged(`OK [CAPABILITY ${capabilitiesOf(this.#session).join(" ")}] ${name} ready`);
  }

  #event(event: ImapServerEvent): void | Promise<void> {
    this.#wait();
    switch (event.type) {
      case "command":
        return this.#command(event.line);
      case "line":
        return this.#session.takeAnswer()?.(event.text);
      case "message":
        return this.#message(event);
      case "octets":
        return this.#append?.octets(event.chunk, event.isLast);
      case "messages-end":
        return this.#messagesEnd(event.line);
      case "end":
        return this.#session.transport.end();
      default:
        event satisfies never;
    }
  }

  async #command(line: ImapLine): Promise<void> {
    const scanner = new ImapScanner(line);
    const tag = tagOf(scanner);
    if (tag === undefined) {
      if (line.text !== "") this.#bad("*", "A command begins with a tag and a space");
      return;
    }
    let isTarget = false;
    const run = async (): Promise<void> => {
      const name = scanner.keyword();
      const byUid = name === "UID";
      if (byUid) scanner.space();
      const command = this.#find(byUid ? scanner.keyword() : name, byUid);
      isTarget = command.isIntoMailbox === true;
      scanner.isUtf8 = this.#session.isUtf8;
      const parsed = command.parse(scanner, byUid);
      scanner.end();
      const said = byUid ? `UID ${command.name}` : command.name;
      await this.#run(tag, said, byUid, command, parsed);
    };
    await this.#answering(tag, run, () => isTarget);
  }

  async #run(
    tag: string,
    said: string,
    byUid: boolean,
    command: ImapServerCommand<unknown>,
    parsed: unknown,
  ): Promise<void> {
    const session = this.#session;
    session.byUid = byUid;
    const end = await command.run({ session, tag, byUid }, parsed);
    if (end === "later") return;
    if (session.selected !== undefined) await session.selected.folder.poll();
    session.tellChanges(!(command.keepsSequence === true && !byUid));
    session.finish(tag, `OK ${end ?? `${said} completed`}`);
  }

  #find(name: string, byUid: boolean): ImapServerCommand<unknown> & { readonly name: string } {
    const command = Object.hasOwn(imapServerCommands, name) ? imapServerCommands[name] : undefined;
    if (command === undefined || (byUid && command.mayBeByUid !== true)) throw imapBad("This command is unknown");
    const { login, selected } = this.#session;
    if (command.state === "not-authenticated" && login !== undefined) throw imapBad("You are logged in already");
    if ((command.state === "authenticated" || command.state === "selected") && login === undefined)
      throw imapBad("Log in first");
    if (command.state === "selected" && selected === undefined) throw imapBad("Select a mailbox first");
    return { ...command, name };
  }

  /** Whatever goes wrong in a command is its answer; only what is our own fault is reported, too. */
  async #answering(tag: string, run: () => Promise<void>, isTarget: () => boolean = () => true): Promise<void> {
    try {
      await run();
      this.#badCommands = 0;
    } catch (error) {
      this.#refuse(tag, error, isTarget());
    }
    this.#session.byUid = false;
    if (this.#badCommands > imapBadCommandsMax) this.#session.bye("[CLIENTBUG] Too many commands cannot be read");
  }

  #refuse(tag: string, error: unknown, isTarget: boolean): void {
    const session = this.#session;
    if (session.gone.signal.aborted || error instanceof ConnectionError) return;
    if (error instanceof ImapReplyError) {
      const code = error.responseCode === undefined ? "" : `[${error.responseCode}] `;
      if (error.code === "bad") return this.#bad(tag, code + error.text);
      return session.finish(tag, `NO ${code}${error.text}`);
    }
    if (error instanceof ProtocolError || error instanceof SaslProtocolError) return this.#bad(tag, error.message);
    if (error instanceof MimeError) return session.finish(tag, `NO [CANNOT] ${error.message}`);
    if (error instanceof MailStoreError) {
      const { code, text } = imapReplyOf(error, isTarget);
      return session.finish(tag, `NO [${code}] ${text}`);
    }
    if (error instanceof LoginError) return session.finish(tag, "NO [AUTHENTICATIONFAILED] The login is refused");
    reportFault(error, "ImapServer");
    session.finish(tag, "NO [SERVERBUG] The command failed");
  }

  #bad(tag: string, text: string): void {
    this.#badCommands++;
    this.#session.write(`${tag} BAD ${text.replace(/[^\x20-\x7e]/g, "?")}\r\n`);
  }

  async #message(event: Extract<ImapServerEvent, { readonly type: "message" }>): Promise<void> {
    if (event.isFirst) this.#append = new ImapAppend(this.#session);
    const append = this.#append!;
    try {
      await append.announced(event.line, event.octets);
      this.driver.send({ type: "continue" });
    } catch (error) {
      append.giveUp(error);
      this.#append = undefined;
      this.driver.send({ type: "refuse" });
      await this.#answering(append.tag, () => Promise.reject(error));
    }
  }

  async #messagesEnd(line: ImapLine): Promise<void> {
    const append = this.#append;
    this.#append = undefined;
    if (append === undefined) return;
    await this.#answering(append.tag, async () => {
      const end = await append.finish(line);
      await this.#session.selected?.folder.poll();
      this.#session.tellChanges(true);
      this.#session.finish(append.tag, `OK ${end}`);
    });
  }

  /** The client has so long for its next word. */
  #wait(): void {
    const { login, options, transport } = this.#session;
    const ms = login === undefined ? imapStrangerTimeoutMs : (options.idleTimeoutMs ?? imapIdleTimeoutMs);
    this.#timer.set(transport.reactor.clock.now() + ms);
  }

  #closed(): void {
    this.#timer.cancel();
    this.#append?.giveUp(new ConnectionError("aborted", "The client is gone"));
    void this.#session.lost().catch((error: unknown) => reportFault(error, "ImapServer"));
  }
}

/** RFC 9051 §9 tag: characters of a string but `+`. */
function tagOf(scanner: ImapScanner): string | undefined {
  const tag = /^[^\0-\x20(){%*"\\+\x7f-\uffff]{1,64} /.exec(scanner.rest)?.[0];
  if (tag === undefined) return undefined;
  scanner.expect(tag);
  return tag.slice(0, -1);
}
