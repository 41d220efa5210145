import { ConnectionError } from "../errors.ts";

/** The right to one open socket: a listener, a connection, a datagram socket. */
export interface Descriptor {
  /** What it was taken for, such as `listener on 127.0.0.1:80`. */
  readonly what: string;
  /** The stack of the call that took it, where that is kept. */
  readonly taken: Error | undefined;
  /** Gives it back. Safe to repeat. */
  release(): void;
}

export interface DescriptorsOptions {
  /** How many may be held at once. Default: no limit. */
  readonly max?: number | undefined;
  /** Keeps who took each descriptor, so that leaks can be named. Default false. */
  readonly remember?: boolean | undefined;
}

/** The descriptors of one host, which may run out. */
export class Descriptors {
  readonly #max: number;
  readonly #remember: boolean;
  readonly #held = new Set<Descriptor>();
  readonly #waiting: { readonly what: string; readonly run: (descriptor: Descriptor) => void }[] = [];

  constructor(options: DescriptorsOptions = {}) {
    this.#max = options.max ?? Number.POSITIVE_INFINITY;
    this.#remember = options.remember ?? false;
  }

  get held(): ReadonlySet<Descriptor> {
    return this.#held;
  }

  /** How many wait for {@link whenFree}. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws {ConnectionError} `failed`, when all are held */
  take(what: string): Descriptor {
    if (this.#held.size >= this.#max)
      throw new ConnectionError("failed", `Cannot open ${what}: all ${this.#max} descriptors are held`);
    const descriptor: Descriptor = {
      what,
      taken: this.#remember ? new Error(what) : undefined,
      release: () => this.#release(descriptor),
    };
    this.#held.add(descriptor);
    return descriptor;
  }

  /** Calls `run` with a descriptor, now or as soon as one is free. */
  whenFree(what: string, run: (descriptor: Descriptor) => void): void {
    if (this.#held.size >= this.#max) this.#waiting.push({ what, run });
    else run(this.take(what));
  }

  #release(descriptor: Descriptor): void {
    if (!this.#held.delete(descriptor)) return;
    const next = this.#waiting.shift();
    if (next !== undefined) this.whenFree(next.what, next.run);
  }
}
