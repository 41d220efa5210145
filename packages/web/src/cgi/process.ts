import { type ChildProcess, type Clock, Connection } from "@hawser/core";
import type { CgiSource } from "./output.ts";
import type { CgiRequestContent } from "./request-content.ts";

/** How long a script may go on when its answer is complete: to write a log, to send a mail. */
const afterwardsMs = 10_000;

/** A running script as the source of an answer. */
export class CgiProcess implements CgiSource {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #pipe: Connection;
  #ended = false;
  #closed = false;

  constructor(child: ChildProcess, clock: Clock) {
    this.#child = child;
    this.#clock = clock;
    this.#pipe = new Connection(child.transport);
    child.transport.start(this.#pipe.receiver);
  }

  async read(signal: AbortSignal): Promise<Uint8Array | undefined> {
    const chunk = await this.#pipe.read({ signal });
    this.#ended = chunk === undefined;
    return chunk;
  }

  /** Passes the body on as fast as the script takes it. One that does not want it closes its input, which is no error. */
  async feed({ chunks }: CgiRequestContent): Promise<void> {
    try {
      for await (const chunk of chunks) await this.#pipe.send(chunk);
    } catch {
      // The script has gone, or the client has: whoever reads the answer is told.
    }
    this.#pipe.end();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#ended) return this.#stop();
    const timer = this.#clock.after(afterwardsMs, () => this.#stop(), { idle: true });
    void this.#child.exited.then(() => timer.cancel());
  }

  /** Ends the script and everything it has started: they are one group. */
  #stop(): void {
    this.#child.kill("SIGTERM");
    const timer = this.#clock.after(killAfterMs, () => this.#child.kill("SIGKILL"));
    void this.#child.exited.then(() => timer.cancel());
    this.#pipe.abort();
  }
}

/** How long a script has to clean up after SIGTERM. */
const killAfterMs = 2_000;
