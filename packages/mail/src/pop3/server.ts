import type { Portal } from "@hawser/auth/protocol";
import { type Connection, ConnectionError, connection, type Factory, FramingError } from "@hawser/core";
import { MailStoreError } from "../store/errors.ts";
import type { Pop3Command } from "./commands/command.ts";
import { apopChallenge } from "./commands/login.ts";
import { pop3Commands } from "./commands/table.ts";
import { Pop3ReplyError } from "./errors.ts";
import { pop3CommandOctetsMax, pop3ErrorsMax, pop3IdleMs, pop3LoginMs, pop3SaslOctetsMax } from "./limits.ts";
import { type Pop3ServerOptions, Pop3Session } from "./session.ts";

/**
 * Serves POP3 (RFC 1939): users log in through the portal, whose realm gives their account, and get the messages of their
 * INBOX.
 *
 * ```ts no-run
 * const store = memoryMail(reactor);
 * const portal = loginWith(realm(mailAccounts, ({ name }) => store.account(name)), usersFile("users"));
 * await listen("tls:995:cert=mail.pem", pop3Server(portal));
 * ```
 */
export function pop3Server(portal: Portal, options: Pop3ServerOptions = {}): Factory {
  return connection((peer, stopping) => serve(peer, portal, options, stopping));
}

async function serve(
  peer: Connection,
  portal: Portal,
  options: Pop3ServerOptions,
  stopping: AbortSignal,
): Promise<void> {
  const session = new Pop3Session(peer, portal, options, stopping);
  try {
    const challenge = await apopChallenge(session);
    session.ok(`${session.host} is ready${challenge === undefined ? "" : ` ${challenge}`}`);
    await converse(session);
  } catch (error) {
    if (error === stopping.reason) session.refuse("The server is stopping", "SYS/TEMP");
    else if (isSilence(error)) session.refuse("You were silent for too long");
    else if (error instanceof FramingError && error.code !== "unexpected-end")
      session.refuse("That was no line of POP3");
    else throw error;
  } finally {
    await session.leave();
  }
}

/** One command after the other; a client may send the next ones before it has the replies. */
async function converse(session: Pop3Session): Promise<void> {
  let errors = 0;
  while (!session.isOver) {
    const line = await readCommand(session);
    try {
      await obey(session, line);
    } catch (error) {
      refuse(session, error);
      if (++errors >= pop3ErrorsMax) return;
    }
  }
}

async function readCommand(session: Pop3Session): Promise<string> {
  const { peer, state, options } = session;
  const idleMs = options.idleTimeoutMs ?? (state === "authorization" ? pop3LoginMs : pop3IdleMs);
  session.expectCommand(idleMs);
  const octetsMax = state === "authorization" ? pop3SaslOctetsMax : pop3CommandOctetsMax;
  const line = await peer.readLine({ octetsMax, signal: session.heard });
  session.expectCommand(undefined);
  if (line.length > pop3CommandOctetsMax && !/^auth /i.test(line)) throw tooLong();
  return line;
}

async function obey(session: Pop3Session, line: string): Promise<void> {
  const [, name = "", rest] = /^(\S+)(?: (.*))?$/.exec(line) ?? [];
  const command = pop3Commands.get(name.toLowerCase());
  if (command === undefined) throw new Pop3ReplyError("There is no such command");
  if (!command.states.includes(session.state))
    throw new Pop3ReplyError(session.state === "authorization" ? "Log in first" : "You are logged in already");
  await command.run(session, argumentsOf(command, name.toUpperCase(), rest));
}

function argumentsOf({ takes, usage }: Pop3Command, name: string, rest: string | undefined): readonly string[] {
  const words = takes === "text" ? (rest === undefined ? [] : [rest]) : (rest?.split(" ").filter(Boolean) ?? []);
  const [min, max] = takes === "text" ? [1, 1] : takes;
  if (words.length >= min && words.length <= max) return words;
  throw new Pop3ReplyError(`Say ${name}${usage === "" ? "" : ` ${usage}`}`);
}

function refuse(session: Pop3Session, error: unknown): void {
  if (error instanceof Pop3ReplyError) return session.refuse(error.message, error.responseCode);
  if (!(error instanceof MailStoreError)) throw error;
  if (error.code === "no-message") return session.refuse("The message is gone");
  session.refuse("The maildrop cannot be used now", error.code === "unavailable" ? "SYS/TEMP" : "SYS/PERM");
}

function isSilence(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "timed-out";
}

function tooLong(): FramingError {
  return new FramingError("line-too-long", `Cannot read a command: it is longer than ${pop3CommandOctetsMax} octets`);
}
