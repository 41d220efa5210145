import type { Readable, Writable } from "node:stream";
import type { Address } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { Output } from "../machine.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Link, LinkOwner } from "../transports/link.ts";

/** A link over two streams that go one way each: a child's pipes, standard input and output. Either may be absent. */
export class PipeLink implements Link {
  readonly local: Address;
  readonly peer: Address;
  readonly security: Security | undefined = undefined;
  readonly #input: Readable | undefined;
  readonly #output: Writable | undefined;
  /** Those that are not closed yet. By their events: `closed` of standard output is false again after it was closed. */
  readonly #open = new Set<Readable | Writable>();
  #owner: LinkOwner | undefined;
  #paused = false;
  #lost = false;

  /** @param name what is at the other end, for people */
  constructor(name: string, input: Readable | undefined, output: Writable | undefined) {
    this.local = { family: "opaque", name: "pipe" };
    this.peer = { family: "opaque", name };
    this.#input = input;
    this.#output = output;
    input?.pause().on("data", (chunk: Uint8Array) => this.#received(chunk));
    input?.on("end", () => this.#owner?.receivedEnd());
    for (const stream of [input, output]) {
      if (stream === undefined || stream.closed) continue;
      this.#open.add(stream);
      stream.on("close", () => this.#closed(stream));
      stream.on("error", ignore); // a reader that went away closes its pipe; what it wrote is still worth reading
    }
  }

  get pendingOctets(): number {
    return this.#output?.writableLength ?? 0;
  }

  start(owner: LinkOwner): void {
    this.#owner = owner;
    if (!this.#paused) this.#input?.resume();
    this.#lookLost();
  }

  send(chunk: Output): void {
    if (this.#output?.writable !== true) return;
    if (typeof chunk === "string") this.#output.write(chunk, "latin1");
    else this.#output.write(chunk);
  }

  cork(): void {
    this.#output?.cork();
  }

  uncork(): void {
    this.#output?.uncork();
  }

  notifyDrained(): void {
    const tell = () => this.#owner?.drained();
    if (this.#output?.writableNeedDrain) this.#output.once("drain", tell);
    else process.nextTick(tell);
  }

  end(): void {
    this.#output?.end();
  }

  abort(): void {
    this.#input?.destroy();
    this.#output?.destroy();
    this.#lookLost();
  }

  pause(): void {
    this.#paused = true;
    this.#input?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#owner !== undefined) this.#input?.resume();
  }

  async secure(options: TlsOptions): Promise<Link> {
    const { secureLink } = await import("./tls.ts");
    return secureLink(this, options);
  }

  /** Node resumes the pipes of a child that has exited, whoever paused them: what comes then waits for our own resume. */
  #received(chunk: Uint8Array): void {
    if (this.#owner !== undefined && !this.#paused) return this.#owner.received(chunk);
    this.#input!.pause();
    this.#input!.unshift(chunk);
  }

  #closed(stream: Readable | Writable): void {
    this.#open.delete(stream);
    this.#lookLost();
  }

  /** Gone when both ways are. In the next turn, since this may be inside a call of the owner. */
  #lookLost(): void {
    if (this.#lost || this.#owner === undefined || this.#open.size > 0) return;
    this.#lost = true;
    process.nextTick(() => this.#owner!.lost());
  }
}

function ignore(): void {}

/** Tells why something that needs an optional package cannot be done. */
export function missingPackage(what: string, name: string, cause: unknown): ConnectionError {
  return new ConnectionError("unsupported", `Cannot ${what}: the optional package "${name}" is not installed`, {
    cause,
  });
}
