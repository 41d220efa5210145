import { type Login, LoginError } from "@hawser/auth/protocol";
import { SaslError, SaslProtocolError, type SaslServer, type SaslServerReply, saslServer } from "@hawser/auth/sasl";
import type { MailAccount } from "../../store/store.ts";
import { Pop3ReplyError } from "../errors.ts";
import { pop3LoginMs, pop3LoginsMax, pop3SaslOctetsMax } from "../limits.ts";
import { pop3Accounts } from "../maildrop.ts";
import type { Pop3Session } from "../session.ts";
import type { Pop3Command } from "./command.ts";

const authorization = ["authorization"] as const;

/** Whose maildrop (RFC 1939 §7). Whether there is such a user is not told. */
export const user: Pop3Command = {
  states: authorization,
  usage: "name",
  takes: "text",
  run(session, [name]) {
    needPrivacy(session);
    session.user = name;
    session.ok("And the password?");
  },
};

/** The password (RFC 1939 §7): all that follows, spaces too. */
export const pass: Pop3Command = {
  states: authorization,
  usage: "password",
  takes: "text",
  async run(session, [password]) {
    needPrivacy(session);
    const name = session.user;
    session.user = undefined;
    if (name === undefined) throw new Pop3ReplyError("USER first");
    await logIn(session, () =>
      session.portal.login({ kind: "password", user: name, password: password! }, pop3Accounts, contextOf(session)),
    );
  },
};

/** A name, and a proof that the greeting's challenge was answered with its password (RFC 1939 §7). */
export const apop: Pop3Command = {
  states: authorization,
  usage: "name digest",
  takes: [2, 2],
  async run(session, words) {
    const server = apopServers.get(session);
    if (server === undefined) throw new Pop3ReplyError("APOP is not offered");
    apopServers.delete(session);
    await logIn(session, async () => loginOf(await server.respond(Buffer.from(words.join(" ")))));
  },
};

/** Logs in by SASL (RFC 5034 §4). */
export const auth: Pop3Command = {
  states: authorization,
  usage: "mechanism [initial-response]",
  takes: [0, 2],
  async run(session, [mechanism, initial]) {
    const server = saslOf(session);
    if (mechanism === undefined) return session.list("These mechanisms", server.mechanisms);
    await logIn(session, () => exchange(session, server, mechanism, initial));
  },
};

const apopServers = new WeakMap<Pop3Session, SaslServer<MailAccount>>();

/** The challenge of APOP for the greeting, where it is offered. */
export async function apopChallenge(session: Pop3Session): Promise<string | undefined> {
  if (session.options.apop !== true || !session.portal.secrets.has("plain")) return undefined;
  const server = saslServer(session.portal, { ...saslOptions(session), mechanisms: ["APOP"] });
  const reply = await server.start("APOP");
  apopServers.set(session, server);
  return Buffer.from(reply.data!).toString("latin1");
}

/** The SASL mechanisms of a session as it is now. */
export function saslOf(session: Pop3Session): SaslServer<MailAccount> {
  const { mechanisms } = session.options;
  return saslServer(session.portal, { ...saslOptions(session), ...(mechanisms && { mechanisms }) });
}

function saslOptions(session: Pop3Session) {
  const { host, isPrivate: allowPlainText } = session;
  return { wanted: pop3Accounts, context: contextOf(session), service: "pop", host, allowPlainText };
}

function contextOf({ peer, signal }: Pop3Session) {
  return { protocol: "pop3", peer: peer.peer, security: peer.security, signal };
}

function needPrivacy(session: Pop3Session): void {
  if (!session.isPrivate) throw new Pop3ReplyError("Passwords are taken over TLS only: STLS first");
}

async function logIn(session: Pop3Session, attempt: () => Promise<Login<MailAccount>>): Promise<void> {
  const login = await attempt().catch((error: unknown) => {
    throw refusalOf(session, error);
  });
  await session.begin(login);
  const { messages } = session.maildrop;
  session.ok(`${messages.length} messages`);
}

/** What the client is told; why in particular is for the log. */
function refusalOf(session: Pop3Session, error: unknown): unknown {
  if (error instanceof SaslProtocolError || error instanceof SaslError)
    return new Pop3ReplyError("The exchange broke its rules", undefined, { cause: error });
  if (!(error instanceof LoginError)) return error;
  if (error.code === "temporary") return new Pop3ReplyError("Try again later", "SYS/TEMP", { cause: error });
  session.loginsFailed++;
  if (session.loginsFailed >= pop3LoginsMax) session.isOver = true;
  return new Pop3ReplyError("Wrong name or password", "AUTH", { cause: error });
}

async function exchange(
  session: Pop3Session,
  server: SaslServer<MailAccount>,
  mechanism: string,
  initial: string | undefined,
): Promise<Login<MailAccount>> {
  let reply = await server.start(mechanism, initial === undefined ? undefined : initialOf(initial));
  while (reply.type === "challenge" || reply.data !== undefined) {
    session.peer.write(`+ ${Buffer.from(reply.data ?? []).toString("base64")}\r\n`);
    const answer = await readAnswer(session);
    if (answer === "*") {
      if (reply.type === "success") await reply.login.logout();
      server.abort();
      throw new Pop3ReplyError("You have given up");
    }
    if (reply.type === "success") return reply.login;
    reply = await server.respond(decoded(answer));
  }
  return reply.login;
}

/** An equals sign is a response without octets (RFC 5034 §4). */
function initialOf(text: string): Uint8Array {
  return text === "=" ? new Uint8Array(0) : decoded(text);
}

function readAnswer({ peer, reactor }: Pop3Session): Promise<string> {
  return peer.readLine({ octetsMax: pop3SaslOctetsMax, signal: reactor.clock.deadline(pop3LoginMs) });
}

function decoded(text: string): Uint8Array {
  const octets = Buffer.from(text, "base64");
  if (octets.toString("base64") !== text) throw new Pop3ReplyError("That is not base64");
  return octets;
}

function loginOf(reply: SaslServerReply<MailAccount>): Login<MailAccount> {
  if (reply.type === "success") return reply.login;
  throw new Pop3ReplyError("The exchange broke its rules");
}
