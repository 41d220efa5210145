import type { Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { MailQueueError } from "../queue/errors.ts";
import type { MailQueue, NewQueuedMail, QueuedMail } from "../queue/queue.ts";
import { runSendmail } from "./run.ts";
import type { SendmailSystem } from "./system.ts";

/** What a call of `sendmail` has done. */
export interface SendmailCall {
  readonly status: number;
  readonly output: readonly string[];
  readonly errors: readonly string[];
}

/** A host with a queue in memory, or a relay, where people call `sendmail`. */
export interface SendmailBench {
  readonly reactor: Reactor;
  readonly queue: MemoryMailQueue;
  call(words: readonly string[], input?: string, options?: Partial<SendmailSystem>): Promise<SendmailCall>;
  /** A file as it is now; `undefined`: there is none. */
  file(path: string): Promise<string | undefined>;
}

export function sendmailBench(
  settings: Readonly<Record<string, unknown>> | string = { queue: "/var/spool/hawser", domain: "example.org" },
  files: Readonly<Record<string, string>> = {},
): SendmailBench {
  const text = typeof settings === "string" ? settings : JSON.stringify(settings);
  const reactor = memoryReactor({ files: { "etc/hawser/sendmail.json": text, "home/alice/": "", ...files } });
  const queue = new MemoryMailQueue();
  return {
    reactor,
    queue,
    call: (words, input = "", options = {}) => callSendmail(words, input, { reactor, queue, options }),
    file: (path) =>
      reactor
        .files("/")
        .readFile(path.slice(1))
        .then(
          (octets) => Buffer.from(octets).toString("latin1"),
          () => undefined,
        ),
  };
}

async function callSendmail(
  words: readonly string[],
  input: string,
  { reactor, queue, options }: Pick<SendmailBench, "queue" | "reactor"> & { options: Partial<SendmailSystem> },
): Promise<SendmailCall> {
  const [output, errors]: [string[], string[]] = [[], []];
  const status = await runSendmail(words, {
    reactor,
    user: { name: "alice", uid: 1000, home: "/home/alice" },
    hostName: "host.example.org",
    environment: {},
    input: (async function* () {
      yield Buffer.from(input, "latin1");
    })(),
    connection: async () => {
      throw new Error("nobody speaks SMTP here");
    },
    print: (line) => void output.push(line),
    complain: (line) => void errors.push(line),
    openQueue: async () => queue,
    ...options,
  });
  return { status, output, errors };
}

/** Keeps what it is given, and does nothing with it. */
export class MemoryMailQueue implements MailQueue {
  readonly mails: (NewQueuedMail & { readonly id: string })[] = [];
  readonly flushed: unknown[] = [];
  /** What the next submission fails with. */
  failure: Error | undefined;

  /** The octets of a message, one character each. */
  text(index: number): string {
    return Buffer.from(this.mails[index]!.content as Uint8Array).toString("latin1");
  }

  async submit(mail: NewQueuedMail): Promise<QueuedMail> {
    if (this.failure !== undefined) throw this.failure;
    const id = `q${this.mails.length + 1}`;
    this.mails.push({ ...mail, id });
    return this.get(id);
  }

  async list(): Promise<readonly QueuedMail[]> {
    return Promise.all(this.mails.map(({ id }) => this.get(id)));
  }

  async get(id: string): Promise<QueuedMail> {
    const mail = this.mails.find((one) => one.id === id);
    if (mail === undefined) throw new MailQueueError("no-message", `Cannot find the message ${id}`);
    const to = mail.to.map((one, number) => ({ ...one, number, attempts: 0, nextAttemptAt: 0 }));
    return {
      ...mail,
      to,
      octets: this.text(this.mails.indexOf(mail)).length,
      submittedAt: Date.UTC(2026, 10, 6),
      held: false,
      isDelayTold: false,
    };
  }

  async *read(id: string): AsyncGenerator<Uint8Array> {
    yield this.mails.find((one) => one.id === id)!.content as Uint8Array;
  }

  readonly isRunning = false;
  async settled(): Promise<void> {}
  async stop(): Promise<void> {}
  async hold(): Promise<void> {}
  async release(): Promise<void> {}

  async flush(which?: unknown): Promise<number> {
    this.flushed.push(which);
    return this.mails.length;
  }

  async remove(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}
}
