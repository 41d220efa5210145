import type { DnsEncodedSet } from "../../message/answer.ts";

/** Counts the transfers that are under way, in all and to each peer. */
export class TransferSlots {
  readonly #max: number;
  readonly #perPeerMax: number;
  readonly #peers = new Map<string, number>();
  #taken = 0;

  constructor(max: number, perPeerMax: number) {
    this.#max = max;
    this.#perPeerMax = perPeerMax;
  }

  /** Transfers under way. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * The same sets, for as long as which a place is taken: until the last was given, whoever takes them stops, or the signal
   * aborts. `undefined` when no place is left.
   */
  hold(host: string, sets: Iterable<DnsEncodedSet>, signal: AbortSignal): Iterable<DnsEncodedSet> | undefined {
    const ofPeer = this.#peers.get(host) ?? 0;
    if (this.#taken >= this.#max || ofPeer >= this.#perPeerMax || signal.aborted) return undefined;
    this.#taken++;
    this.#peers.set(host, ofPeer + 1);
    return held(sets, this.#releaser(host, signal));
  }

  /** Gives the place back, once. */
  #releaser(host: string, signal: AbortSignal): () => void {
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      signal.removeEventListener("abort", release);
      this.#taken--;
      const left = this.#peers.get(host)! - 1;
      if (left === 0) this.#peers.delete(host);
      else this.#peers.set(host, left);
    };
    signal.addEventListener("abort", release, { once: true });
    return release;
  }
}

function* held(sets: Iterable<DnsEncodedSet>, release: () => void): Generator<DnsEncodedSet, void> {
  try {
    yield* sets;
  } finally {
    release();
  }
}
