import type { Endpoint, Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { addressesOf, composeMessage, formatAddrSpec, type MailDraft, mailboxesOf } from "@hawser/mime";
import type { SmtpMessage } from "./client/message.ts";
import type { SmtpSendResult } from "./client/transaction.ts";
import { connectSmtp, type SmtpClientOptions } from "./client.ts";

/** Where {@link sendMail} sends. */
export interface SendMailOptions extends SmtpClientOptions {
  /** The server that takes it: `tls:smtp.example.org:465`, `tcp:smtp.example.org:587`. */
  readonly via: string | Endpoint;
}

/**
 * Sends one message by a server that passes it on: a draft, which is written as the server can take it, or octets that are
 * ready, with who they are from and for.
 *
 * ```ts no-run
 * await sendMail({ from: "alice@example.org", to: "bob@example.net", subject: "Hi", text: "Hello" }, { via: "tls:smtp.example.org:465" });
 * ```
 * @throws what {@link connectSmtp} and its `send` throw
 * @throws {MimeError} for a draft that cannot be written
 */
export async function sendMail(message: MailDraft | SmtpMessage, options: SendMailOptions): Promise<SmtpSendResult> {
  const client = await connectSmtp(options.via, options);
  try {
    const ready = isReady(message) ? message : writeDraft(message, client.extensions, options.reactor ?? nodeReactor);
    return await client.send(ready, options);
  } finally {
    await client.quit();
  }
}

/**
 * Writes a draft for a server with these extensions: its envelope is everybody it names, and Bcc is in nothing else.
 * @throws {MimeError}
 */
export function writeDraft(draft: MailDraft, extensions: ReadonlyMap<string, string>, reactor: Reactor): SmtpMessage {
  const to = [draft.to, draft.cc, draft.bcc].flatMap((init) => (init === undefined ? [] : addressesIn(init)));
  const [from = ""] = addressesIn(draft.sender ?? draft.from);
  const utf8 = [from, ...to].some((address) => /[^\x00-\x7f]/.test(address)) && extensions.has("SMTPUTF8");
  const eightBit = extensions.has("8BITMIME");
  const { clock, random } = reactor;
  const content = composeMessage(draft, { now: clock.wall(), random, eightBit, utf8 });
  return { from, to: [...new Set(to)], content, utf8 };
}

function addressesIn(init: MailDraft["from"]): readonly string[] {
  return mailboxesOf(addressesOf(init)).map(formatAddrSpec);
}

function isReady(message: MailDraft | SmtpMessage): message is SmtpMessage {
  return "content" in message;
}
