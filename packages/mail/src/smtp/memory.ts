import type { SmtpBackend, SmtpDecision, SmtpEnvelope, SmtpRecipient, SmtpSession } from "./backend.ts";

/** A message that came. */
export interface SmtpMemoryMessage {
  readonly envelope: SmtpEnvelope;
  readonly content: Uint8Array;
  /** Who had logged in. */
  readonly user: string | undefined;
}

/** What {@link memorySmtpBackend} takes. */
export interface SmtpMemoryOptions {
  /** Who may be written to. Default: everybody. That is no relay, for nothing is sent on. */
  readonly recipient?: ((to: SmtpRecipient, session: SmtpSession) => SmtpDecision) | undefined;
  /** The oldest messages go when there are more. Default 1,000. */
  readonly messagesMax?: number | undefined;
}

/** A backend that keeps what comes, for tests and for a look at what a program sends. */
export interface SmtpMemoryBackend extends SmtpBackend {
  /** Oldest first. */
  readonly messages: readonly SmtpMemoryMessage[];
  /** The next message that comes. */
  nextMessage(): Promise<SmtpMemoryMessage>;
  message(envelope: SmtpEnvelope, content: AsyncIterable<Uint8Array>, session: SmtpSession): Promise<void>;
}

/** Makes a backend in memory. */
export function memorySmtpBackend({ recipient, messagesMax = 1_000 }: SmtpMemoryOptions = {}): SmtpMemoryBackend {
  const messages: SmtpMemoryMessage[] = [];
  let waiting: ((message: SmtpMemoryMessage) => void)[] = [];
  return {
    messages,
    nextMessage: () => new Promise((resolve) => waiting.push(resolve)),
    recipient: (to, session) => recipient?.(to, session),
    async message(envelope, content, session) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const message = { envelope, content: Buffer.concat(chunks), user: session.user?.name };
      messages.push(message);
      if (messages.length > messagesMax) messages.shift();
      const told = waiting;
      waiting = [];
      for (const tell of told) tell(message);
    },
  };
}
