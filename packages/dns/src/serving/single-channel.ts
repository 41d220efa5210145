import { ConnectionError } from "@hawser/core";
import type { DnsChannel } from "./channel.ts";
import type { DnsSender } from "./dns-server.ts";
import type { DnsResponder } from "./responder.ts";
import type { ServedRequest } from "./served-request.ts";

/** One question and its answer, however they came and go. */
export class SingleChannel implements DnsChannel {
  readonly transport: DnsSender["transport"];
  readonly isFramed = false;
  readonly #sender: DnsSender;
  readonly #responder: DnsResponder;
  #answer: Uint8Array | undefined;
  #pending: ServedRequest | undefined;
  #done: () => void = () => {};

  constructor(sender: DnsSender, responder: DnsResponder) {
    this.transport = sender.transport;
    this.#sender = sender;
    this.#responder = responder;
  }

  /** `undefined`: the message is dropped, or the sender has gone. */
  async answer(octets: Uint8Array): Promise<Uint8Array | undefined> {
    const { peer, signal } = this.#sender;
    this.#responder.receive(octets, peer, this);
    if (this.#pending !== undefined) {
      signal?.addEventListener("abort", this.#gone, { once: true });
      if (signal?.aborted) this.#gone();
      else
        await new Promise<void>((resolve) => {
          this.#done = resolve;
        });
      signal?.removeEventListener("abort", this.#gone);
    }
    return this.#answer;
  }

  send(octets: Uint8Array): void {
    this.#answer = octets;
  }

  began(request: ServedRequest): void {
    this.#pending = request;
  }

  ended(): void {
    this.#pending = undefined;
    this.#done();
  }

  readonly #gone = (): void => {
    const request = this.#pending;
    if (request === undefined) return;
    this.#responder.abandon(request, new ConnectionError("aborted", "Nobody waits for this answer any more"));
    this.ended();
  };
}
