import { Duplex } from "node:stream";
import type { ConnectionError } from "../errors.ts";
import type { Link, LinkOwner } from "../transports/link.ts";

/** A {@link Link} seen as a Node stream, for what can only run on one: TLS over memory, over an SSH channel. */
export class LinkDuplex extends Duplex implements LinkOwner {
  readonly #link: Link;
  #taken: (() => void) | undefined;
  #ended = false;
  #lost = false;

  constructor(link: Link) {
    super();
    this.#link = link;
    link.pause();
    link.start(this);
  }

  // What the stream calls.

  override _read(): void {
    this.#link.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    this.#link.send(chunk);
    if (this.#link.pendingOctets < this.writableHighWaterMark) return taken();
    this.#taken = taken;
    this.#link.notifyDrained();
  }

  override _final(done: () => void): void {
    this.#ended = true;
    this.#link.end();
    done();
  }

  /** Once both sides have ended the link closes by itself, after what still waits in it. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#lost && !(this.#ended && this.readableEnded)) this.#link.abort();
    done(error);
  }

  // What the link calls.

  received(chunk: Uint8Array): void {
    if (!this.push(chunk)) this.#link.pause();
  }

  receivedEnd(): void {
    this.push(null);
  }

  drained(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  lost(error?: ConnectionError): void {
    this.#lost = true;
    this.destroy(error);
  }
}
