import type { Clock } from "@hawser/core";
import { MailQueueError, type MailQueueErrorCode } from "../../queue/errors.ts";
import type {
  MailConsignment,
  MailQueue,
  MailTransport,
  MailTransportResult,
  NewQueuedMail,
  QueuedMail,
} from "../../queue/queue.ts";

/** A message that waits in a queue of tests. */
export interface WaitingMail {
  readonly mail: QueuedMail;
  readonly content: string;
  readonly given: NewQueuedMail;
}

/** A queue that keeps what it is given, and delivers when a test says so: no retries, no reports. */
export class QueueOfTests implements MailQueue {
  readonly #clock: Clock;
  waiting: WaitingMail[] = [];
  /** What it says instead of taking a message. */
  refuses: MailQueueErrorCode | undefined;
  readonly isRunning = true;
  #number = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async submit(given: NewQueuedMail): Promise<QueuedMail> {
    const chunks: Uint8Array[] = [];
    const content = typeof given.content === "string" ? [Buffer.from(given.content)] : given.content;
    for await (const chunk of content instanceof Uint8Array ? [content] : content) chunks.push(chunk);
    if (this.refuses !== undefined) throw new MailQueueError(this.refuses, "Cannot take the message");
    const octets = Buffer.concat(chunks);
    const { from, to, body, utf8, ret, envid } = given;
    const recipients = to.map((one, number) => ({ ...one, number, attempts: 0, nextAttemptAt: 0 }));
    const id = `Q${++this.#number}`;
    const submittedAt = this.#clock.wall();
    const mail = {
      id,
      from,
      to: recipients,
      octets: octets.length,
      submittedAt,
      held: false,
      isDelayTold: false,
      body,
      utf8,
      ret,
      envid,
    };
    this.waiting.push({ mail, content: octets.toString("latin1"), given });
    return mail;
  }

  /** Gives each message to a transport once; those that are deferred stay. */
  async run(transport: MailTransport): Promise<readonly MailTransportResult[]> {
    const all: MailTransportResult[] = [];
    for (const one of this.waiting.splice(0)) {
      const results = await transport.deliver(consignmentOf(one));
      all.push(...results);
      const left = one.mail.to.filter((_, i) => results[i]!.outcome === "deferred");
      if (left.length > 0) this.waiting.push({ ...one, mail: { ...one.mail, to: left } });
    }
    return all;
  }

  async list(): Promise<readonly QueuedMail[]> {
    return this.waiting.map(({ mail }) => mail);
  }

  async get(id: string): Promise<QueuedMail> {
    return this.#find(id).mail;
  }

  async *read(id: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(this.#find(id).content, "latin1");
  }

  async hold(): Promise<void> {}
  async release(): Promise<void> {}
  async remove(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  async settled(): Promise<void> {}
  async stop(): Promise<void> {}

  async flush(): Promise<number> {
    return this.waiting.length;
  }

  #find(id: string): WaitingMail {
    const found = this.waiting.find(({ mail }) => mail.id === id);
    if (found === undefined) throw new MailQueueError("no-message", "Cannot find the message");
    return found;
  }
}

/** A message as a queue hands it to a transport, in pieces that part lines anywhere. */
export function consignmentOf({ mail, content }: Pick<WaitingMail, "content" | "mail">): MailConsignment {
  const octets = Buffer.from(content, "latin1");
  return {
    mail,
    recipients: mail.to,
    async *content() {
      const step = octets.length > 10_000 ? 65_536 : 7;
      for (let at = 0; at < octets.length; at += step) yield octets.subarray(at, at + step);
    },
    signal: new AbortController().signal,
  };
}
