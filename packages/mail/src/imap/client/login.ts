import { type SaslClient, SaslError, saslClient } from "@hawser/auth/sasl";
import { isConfidential, type Reactor } from "@hawser/core";
import { formatLogin } from "../commands/login.ts";
import type { PendingCommand } from "./command-queue.ts";
import type { ImapCommandStream } from "./command-stream.ts";
import type { ImapLogin } from "./options.ts";
import type { ImapStatusLine } from "./responses.ts";

/** Where somebody logs in. */
export interface ImapLoginPlace {
  readonly commands: ImapCommandStream;
  readonly reactor: Reactor;
  readonly capabilities: ReadonlySet<string>;
  readonly allowPlainText: boolean | undefined;
  readonly serverName: string | undefined;
}

/** Logs in by the best mechanism that is offered and safe here (RFC 9051 §6.2.2), else by LOGIN. */
export async function logIntoImap(place: ImapLoginPlace, login: ImapLogin): Promise<ImapStatusLine> {
  const { commands, reactor, capabilities, allowPlainText, serverName: host = "localhost" } = place;
  const { security, peer } = commands.transport;
  const offered = [...capabilities].filter((name) => name.startsWith("AUTH=")).map((name) => name.slice(5));
  try {
    const where = { reactor, offered, host, service: "imap", security, peer, allowPlainText };
    return await authenticate(place, saslClient({ ...login, ...where }));
  } catch (error) {
    if (!(error instanceof SaslError && error.code === "no-mechanism" && mayLogin(place, login))) throw error;
    return await commands.run("LOGIN", formatLogin(login.user ?? "", login.password ?? ""));
  }
}

/** LOGIN is for servers of old, over a line that nobody reads. */
function mayLogin({ commands, capabilities, allowPlainText }: ImapLoginPlace, login: ImapLogin): boolean {
  const isPrivate = allowPlainText === true || isConfidential(commands.transport);
  return isPrivate && login.password !== undefined && !capabilities.has("LOGINDISABLED");
}

async function authenticate({ commands, capabilities }: ImapLoginPlace, sasl: SaslClient): Promise<ImapStatusLine> {
  const first = await sasl.start();
  const isInline = first !== undefined && capabilities.has("SASL-IR");
  const text = isInline ? ` ${first.length === 0 ? "=" : base64(first)}` : "";
  const { answer, command } = commands.begin("AUTHENTICATE", [`AUTHENTICATE ${sasl.mechanism}${text}`]);
  await converse(commands, sasl, command, isInline ? undefined : first);
  const line = await answer;
  await sasl.succeed();
  return line;
}

/** Answers challenges until the server answers the command. `first` is kept for the first of them, which is empty. */
async function converse(
  commands: ImapCommandStream,
  sasl: SaslClient,
  command: PendingCommand,
  first: Uint8Array | undefined,
): Promise<void> {
  for (let kept = first; ; kept = undefined) {
    const challenge = await commands.asked(command).catch(() => undefined);
    if (challenge === undefined) return;
    try {
      commands.line(base64(kept ?? (await sasl.respond(Buffer.from(challenge, "base64")))));
    } catch (error) {
      commands.abort(error as Error); // somebody lies to us: nothing more is said
      throw error;
    }
  }
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
