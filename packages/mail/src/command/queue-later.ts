import type { MailQueue } from "../queue/queue.ts";

/**
 * The queue of a service that may listen before it may write: a predecessor may not have ended yet, and privileges not have been
 * dropped. Who brings a message meanwhile waits.
 */
export class QueueLater implements Pick<MailQueue, "submit"> {
  readonly #opened: Promise<MailQueue>;
  #settle!: { readonly resolve: (queue: MailQueue) => void; readonly reject: (error: unknown) => void };
  #queue: MailQueue | undefined;

  constructor() {
    this.#opened = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#opened.catch(() => {}); // whoever waits is told, and whoever opens it
  }

  /** @throws what `open` throws; so does every {@link submit} from then on */
  async open(open: () => Promise<MailQueue>): Promise<void> {
    try {
      this.#queue = await open();
      this.#settle.resolve(this.#queue);
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    }
  }

  /** Resolves when messages are taken. */
  async whenOpen(): Promise<void> {
    await this.#opened;
  }

  submit: MailQueue["submit"] = async (mail, options) => (await this.#opened).submit(mail, options);

  async stop(...options: Parameters<MailQueue["stop"]>): Promise<void> {
    this.#settle.reject(new Error("The server has stopped"));
    await this.#queue?.stop(...options);
  }
}
