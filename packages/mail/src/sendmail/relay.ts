import { type Reactor, withDeadline } from "@hawser/core";
import type { NewQueuedMail } from "../queue/queue.ts";
import { type SmtpRecipientResult, SmtpRecipientsError } from "../smtp/client/transaction.ts";
import { connectSmtp, type SmtpLogin } from "../smtp/client.ts";
import { describeSmtpReply } from "../smtp/wire/reply.ts";
import type { SendmailReceipt } from "./outlet.ts";

/** How a message goes to a relay. */
export interface RelayOptions {
  readonly reactor: Reactor;
  /** Its endpoint. */
  readonly relay: string;
  /** What we call ourselves. */
  readonly name: string;
  readonly login: SmtpLogin | undefined;
  readonly startTls: "never" | "opportunistic" | "required" | undefined;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Hands a message to a relay, and waits until that has it. @throws what `connectSmtp` and its `send` throw */
export async function relaySubmit(mail: NewQueuedMail, options: RelayOptions): Promise<SendmailReceipt> {
  const { reactor, timeoutMs, signal: given, relay } = options;
  return withDeadline(
    reactor.clock,
    timeoutMs,
    async (signal) => {
      const client = await connectSmtp(relay, { ...options, signal });
      try {
        const { reply, rejected } = await client.send(mail, { signal });
        return { text: `sent (${describeSmtpReply(reply)})`, refused: rejected.map(refusalOf) };
      } catch (error) {
        if (error instanceof SmtpRecipientsError) return { text: "refused", refused: error.rejected.map(refusalOf) };
        throw error;
      } finally {
        await client.quit();
      }
    },
    { signal: given },
  );
}

function refusalOf({ address, reply }: SmtpRecipientResult): SendmailReceipt["refused"][number] {
  return { address, code: reply.code, text: describeSmtpReply(reply) };
}
