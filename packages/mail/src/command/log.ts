import { type CommandLog, formatAddress, type Reactor } from "@hawser/core";
import type { MailDomain } from "../domain/service/options.ts";
import type { MailQueueEvent } from "../queue/events.ts";
import type { LmtpBackend, SmtpBackend, SmtpEnvelope, SmtpSession, SmtpVerdict } from "../smtp/backend.ts";
import { smtpAccept } from "../smtp/errors.ts";

/** Writes a line for each thing that becomes of a message: its time, an id, and what. */
export class MailLog {
  readonly #log: CommandLog;
  readonly #clock: Reactor["clock"];

  constructor(log: CommandLog, { clock }: Pick<Reactor, "clock">) {
    this.#log = log;
    this.#clock = clock;
  }

  /** What becomes of a message in the queue: `TIME ID delivered <alice@example.org> …`. */
  readonly event = (event: MailQueueEvent): void => {
    const words = wordsOf(event);
    if (words !== undefined) this.#write(words);
  };

  /** A mail domain that tells what it takes, and whom it refuses. */
  watched(domain: MailDomain): MailDomain {
    return {
      ...domain,
      lmtp: this.#watchedLmtp(domain.lmtp),
      recipient: this.#watchedRecipient(domain),
      message: async (envelope, content, session): Promise<string | undefined> => {
        const counted = { octets: 0 };
        try {
          const told = await domain.message(envelope, counting(content, counted), session);
          this.#taken(envelope, session, counted.octets);
          return typeof told === "string" ? told : undefined;
        } catch (error) {
          this.#refused(session, envelope.from?.address ?? "", error);
          throw error;
        }
      },
    };
  }

  #watchedLmtp(lmtp: LmtpBackend): LmtpBackend {
    return {
      ...lmtp,
      recipient: this.#watchedRecipient(lmtp),
      message: async (envelope, content, session): Promise<readonly SmtpVerdict[] | undefined> => {
        const counted = { octets: 0 };
        const verdicts = (await lmtp.message(envelope, counting(content, counted), session)) ?? undefined;
        const refusals = envelope.to.map((_, i) => verdicts?.[i] ?? smtpAccept);
        const to = envelope.to.filter((_, i) => refusals[i] === smtpAccept);
        if (to.length > 0) this.#taken({ ...envelope, to }, session, counted.octets);
        for (const [i, verdict] of refusals.entries())
          if (verdict !== smtpAccept) this.#refused(session, envelope.to[i]!.address, verdict);
        return verdicts;
      },
    };
  }

  #watchedRecipient({ recipient }: Pick<SmtpBackend, "recipient">): SmtpBackend["recipient"] {
    return async (to, session, from) => {
      const verdict = await recipient(to, session, from);
      if (verdict !== smtpAccept) this.#refused(session, to.address, verdict);
      return verdict;
    };
  }

  #taken({ from, to }: SmtpEnvelope, session: SmtpSession, octets: number): void {
    const people = to.map(({ address }) => `<${address}>`).join(",");
    this.#write([session.id, "taken", `<${from?.address ?? ""}>`, people, `${octets} octets`, ...whence(session)]);
  }

  #refused(session: SmtpSession, address: string, why: SmtpVerdict | unknown): void {
    const text = why instanceof Error ? why.message : String(why);
    this.#write([session.id, "refused", `<${address}>`, ...whence(session), text]);
  }

  #write(words: readonly string[]): void {
    this.#log.write(`${new Date(this.#clock.wall()).toISOString()} ${words.map(printable).join(" ")}\n`);
  }
}

function whence({ peer, user }: SmtpSession): readonly string[] {
  return ["from", formatAddress(peer), ...(user === undefined ? [] : ["as", user.name])];
}

async function* counting(
  content: AsyncIterable<Uint8Array>,
  counted: { octets: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content) {
    counted.octets += chunk.length;
    yield chunk;
  }
}

function wordsOf(event: MailQueueEvent): readonly string[] | undefined {
  switch (event.type) {
    case "submitted":
      return [event.mail.id, "queued", `<${event.mail.from}>`, `${event.mail.octets} octets`];
    case "reported":
      return [event.mail.id, "reported", event.about, `<${event.mail.to[0]?.address ?? ""}>`];
    case "ended":
      return [event.id, "ended"];
    case "set-aside":
      return [event.id, "set-aside", event.error.message];
    case "trouble":
      return ["-", "trouble", event.error instanceof Error ? event.error.message : String(event.error)];
    case "running":
      return undefined;
    default:
      return [event.mail.id, event.type, `<${event.recipient.address}>`, event.destination, event.text];
  }
}

/** Peers have a say in addresses and texts: none of them begins a line of its own. */
function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, "?");
}
