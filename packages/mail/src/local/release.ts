import { HawserError, type Reactor } from "@hawser/core";
import { connectSmtp } from "../smtp/client.ts";
import { MailLocalError } from "./errors.ts";
import type { MailLocalSummary } from "./message.ts";
import type { MailRecord } from "./store/book.ts";

/** How long a server elsewhere may take for one message: somebody sits before the page and waits. */
const releaseTimeoutMs = 30_000;

/** What becomes of a message that is sent on. */
export interface MailLocalReleased {
  readonly accepted: readonly string[];
  /** Recipients that were refused, and what was said to each. */
  readonly rejected: readonly { readonly address: string; readonly reply: string }[];
}

/**
 * Sends a message on to a server that delivers, octet for octet.
 * @throws {MailLocalError} `not-released`, with what went wrong as its cause
 */
export async function releaseMail(
  reactor: Reactor,
  endpoint: string,
  { summary, arrival }: MailRecord,
  content: Uint8Array,
  to: readonly string[] = summary.recipients,
): Promise<MailLocalReleased> {
  const signal = reactor.clock.deadline(releaseTimeoutMs);
  try {
    await using client = await connectSmtp(endpoint, { reactor, signal });
    const from = arrival?.envelope.from ?? senderIn(summary);
    const { accepted, rejected } = await client.send({ from, to, content }, { signal });
    return {
      accepted: accepted.map(({ address }) => address),
      rejected: rejected.map(({ address, reply }) => ({ address, reply: `${reply.code} ${reply.lines.join(" ")}` })),
    };
  } catch (cause) {
    if (!(cause instanceof HawserError)) throw cause;
    throw new MailLocalError("not-released", `Cannot send message ${summary.id} on: ${cause.message}`, { cause });
  }
}

function senderIn({ from }: MailLocalSummary): string {
  return from[0]?.address ?? "";
}
