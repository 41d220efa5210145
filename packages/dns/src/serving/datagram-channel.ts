import { ConnectionError, type DatagramReceiver, type DatagramSocket, type IpAddress } from "@hawser/core";
import type { DnsChannel } from "./channel.ts";
import type { DnsResponder } from "./responder.ts";
import type { ServedRequest } from "./served-request.ts";

/** A socket on which each datagram is a request (RFC 1035 §4.2.1). */
export class DatagramChannel implements DatagramReceiver, DnsChannel {
  readonly transport = "udp";
  readonly isFramed = false;
  readonly #socket: DatagramSocket;
  readonly #responder: DnsResponder;
  readonly #pending = new Set<ServedRequest>();

  constructor(socket: DatagramSocket, responder: DnsResponder) {
    this.#socket = socket;
    this.#responder = responder;
  }

  /** Nobody can be answered at port 0, and whoever writes in our own name wants a loop. The newest goes when too many wait. */
  datagram(payload: Uint8Array, peer: IpAddress): void {
    if (peer.port === 0 || this.#isOurs(peer)) return;
    if (this.#pending.size >= this.#responder.settings.answersPerSocketMax) {
      this.#responder.counts.dropped++;
      return;
    }
    this.#responder.receive(payload, peer, this);
  }

  closed(): void {
    const reason = new ConnectionError("aborted", "The server stopped before this was answered");
    for (const request of this.#pending) this.#responder.abandon(request, reason);
    this.#pending.clear();
  }

  send(octets: Uint8Array, to: IpAddress): void {
    this.#socket.send(octets, to);
  }

  began(request: ServedRequest): void {
    this.#pending.add(request);
  }

  ended(request: ServedRequest): void {
    this.#pending.delete(request);
  }

  #isOurs({ port, host }: IpAddress): boolean {
    const { local } = this.#socket;
    return port === local.port && host === local.host;
  }
}
