import { memoryMail } from "../store/memory/store.ts";
import { mailLocalMessagesMax, mailLocalOctetsMax } from "./limits.ts";
import { MailLocalServer } from "./local-server.ts";
import type { MailLocal } from "./mail-local.ts";
import type { MailLocalOptions } from "./options.ts";
import { MailBook } from "./store/book.ts";

/**
 * Starts a local mail server: SMTP that takes everything, POP3 and IMAP to read it, a page to look at it, and calls to wait for it.
 *
 * ```ts
 * import { sendMail } from "@hawser/mail/smtp";
 * import { mailLocal } from "@hawser/mail/local";
 *
 * await using mail = await mailLocal();
 * const via = mail.smtpUrl.replace("smtp://", "tcp:");
 * await sendMail({ from: "app@example.org", to: "alice@example.org", subject: "Welcome", text: "Hello" }, { via });
 * const message = await mail.waitForMessage({ to: "alice@example.org" });
 * console.log(message.subject); // "Welcome"
 * ```
 * @throws {ConnectionError} when an endpoint cannot be listened on
 * @throws {MailLocalError} `no-web` when there is no `@hawser/web`, and `web` is not `false`
 */
export async function mailLocal(options: MailLocalOptions = {}): Promise<MailLocal> {
  const reactor = options.reactor ?? (await import("@hawser/core/node")).nodeReactor;
  const store = options.store ?? memoryMail(reactor);
  const limits = {
    messagesMax: options.messagesMax ?? mailLocalMessagesMax,
    octetsMax: options.octetsMax ?? mailLocalOctetsMax,
  };
  const book = await MailBook.open(await store.account("local"), limits);
  const local = new MailLocalServer(reactor, book, options.releaseTo);
  for (const failure of options.failures ?? []) local.fail(failure);
  try {
    await local.listen(options);
  } catch (error) {
    await local.stop();
    throw error;
  }
  return local;
}
