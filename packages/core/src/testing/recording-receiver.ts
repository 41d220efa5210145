import type { ConnectionError } from "../errors.ts";
import type { Receiver } from "../transport.ts";

/** A receiver that writes down what it is told, and lets a test wait for it. */
export class RecordingReceiver implements Receiver {
  /** The calls in order; `data` calls that follow each other count as one. */
  readonly calls: ("data" | "end" | "drained" | "closed")[] = [];
  readonly chunks: Uint8Array[] = [];
  octets = 0;
  error: ConnectionError | undefined;
  #waiting: { readonly ready: () => boolean; readonly resolve: () => void }[] = [];

  data(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.octets += chunk.length;
    this.#note("data");
  }

  end(): void {
    this.#note("end");
  }

  drained(): void {
    this.#note("drained");
  }

  closed(error?: ConnectionError): void {
    this.error = error;
    this.#note("closed");
  }

  /** Everything received, as one. */
  get received(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  /** Everything received, as text of one octet per character. */
  get text(): string {
    return Buffer.concat(this.chunks).toString("latin1");
  }

  /** Waits until a condition holds that a call of this receiver makes true. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  untilOctets(count: number): Promise<void> {
    return this.until(() => this.octets >= count);
  }

  untilCalled(call: "data" | "end" | "drained" | "closed"): Promise<void> {
    return this.until(() => this.calls.includes(call));
  }

  #note(call: "data" | "end" | "drained" | "closed"): void {
    if (call !== "data" || this.calls.at(-1) !== "data") this.calls.push(call);
    const ready = this.#waiting.filter((wait) => wait.ready());
    this.#waiting = this.#waiting.filter((wait) => !ready.includes(wait));
    for (const wait of ready) wait.resolve();
  }
}
