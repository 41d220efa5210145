import type { Login } from "@hawser/auth/protocol";
import { LoginError } from "@hawser/auth/protocol";
import { SaslError, SaslProtocolError, type SaslServerReply } from "@hawser/auth/sasl";
import type { MailAccount } from "../../store/store.ts";
import { ImapReplyError, imapBad, imapNo } from "../errors.ts";
import { imapLoginFailuresMax } from "../limits.ts";
import { capabilitiesOf } from "../server/capabilities.ts";
import { type ImapCommandCall, type ImapServerCommand, imapCommand } from "../server/command.ts";
import { imapSasl } from "../server/sasl.ts";
import type { ImapSession } from "../server/session.ts";

/** RFC 9051 §6.2.2, with an initial response (RFC 4959). */
export const authenticateCommand: ImapServerCommand<unknown> = imapCommand({
  state: "not-authenticated",
  parse(scanner) {
    scanner.space();
    const mechanism = scanner.keyword();
    return { mechanism, initial: scanner.skip(" ") ? scanner.word() : undefined };
  },
  async run(call, { mechanism, initial }) {
    const server = imapSasl(call.session);
    call.session.gone.signal.addEventListener("abort", () => server.abort(), { once: true });
    const first = initial === undefined ? undefined : octetsOf(initial === "=" ? "" : initial);
    const answer = (line: string): Promise<void> =>
      step(call, () => {
        if (line === "*") {
          server.abort();
          throw imapBad("The login is given up");
        }
        return server.respond(octetsOf(line));
      });
    const step = async (own: ImapCommandCall, go: () => Promise<SaslServerReply<MailAccount>>): Promise<void> => {
      try {
        const reply = await go();
        if (reply.type === "success") return succeed(own, reply);
        own.session.ask(Buffer.from(reply.data).toString("base64"), answer);
      } catch (error) {
        refuse(own.session, own.tag, error);
      }
    };
    await step(call, () => server.start(mechanism, first));
    return "later";
  },
});

/** Success carries nothing: what the mechanism still says is one more challenge, answered with nothing (RFC 9051 §6.2.2). */
function succeed(
  call: ImapCommandCall,
  reply: Extract<SaslServerReply<MailAccount>, { readonly type: "success" }>,
): void {
  const { session, tag } = call;
  if (reply.data === undefined) return loggedIn(session, tag, reply.login);
  session.ask(Buffer.from(reply.data).toString("base64"), async (line) => {
    if (line === "") return loggedIn(session, tag, reply.login);
    await reply.login.logout();
    refuse(session, tag, imapBad("The login is given up"));
  });
}

/** The user is in. */
export function loggedIn(session: ImapSession, tag: string, login: Login<MailAccount>): void {
  session.loggedIn(login);
  session.finish(tag, `OK [CAPABILITY ${capabilitiesOf(session).join(" ")}] Logged in`);
}

/** Says no to a login, as much as a stranger may know. */
export function refuse(session: ImapSession, tag: string, error: unknown): void {
  if (session.gone.signal.aborted) return;
  const reply = loginReplyOf(error);
  const code = reply.responseCode === undefined ? "" : `[${reply.responseCode}] `;
  session.finish(tag, `${reply.code.toUpperCase()} ${code}${reply.text}`);
  if (++session.loginFailures >= imapLoginFailuresMax) session.bye("Too many logins have failed");
}

/** RFC 5530 §3. */
export function loginReplyOf(error: unknown): ImapReplyError {
  if (error instanceof ImapReplyError) return error;
  if (error instanceof SaslProtocolError && error.code === "unknown-mechanism")
    return imapNo("CANNOT", "This mechanism is not offered");
  if (error instanceof SaslProtocolError) return imapBad("The exchange broke the rules of the mechanism");
  if (error instanceof SaslError) return imapBad("The login is given up");
  if (!(error instanceof LoginError)) throw error;
  switch (error.code) {
    case "temporary":
      return imapNo("UNAVAILABLE", "Nobody can log in now");
    case "throttled":
      return imapNo("LIMIT", "Too many logins have failed; try again later");
    case "no-avatar":
      return imapNo("AUTHORIZATIONFAILED", "You have no mailbox here");
    default:
      return imapNo("AUTHENTICATIONFAILED", "The login is refused");
  }
}

function octetsOf(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw imapBad("This is no base64");
  return Buffer.from(text, "base64");
}
