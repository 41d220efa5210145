import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { formatAddress, type IpAddress } from "../address.ts";
import type { DatagramOptions, DatagramReceiver, DatagramSocket } from "../datagram.ts";
import { reportFault } from "../faults.ts";
import type { Reactor } from "../reactor.ts";
import { nextTurn } from "../real/turn.ts";
import { FlushBatch } from "../transports/flush-batch.ts";
import { connectionError } from "./errors.ts";
import { mappedHost, socketIpAddress } from "./socket-address.ts";

/** What may wait for the kernel before datagrams are dropped: they are allowed to get lost, memory is not. */
const sendQueueOctetsMax = 4_194_304;

/** So many of the longest datagrams are half of that. */
const sendsPerLook = 32;

/** Opens a UDP socket (RFC 768) of the operating system. */
export async function bindDatagram(
  reactor: Reactor,
  address: IpAddress,
  options: DatagramOptions,
): Promise<DatagramSocket> {
  options.signal?.throwIfAborted();
  const socket = createSocket({
    type: address.family === "ipv6" ? "udp6" : "udp4",
    reuseAddr: options.reuseAddress ?? false,
    ipv6Only: options.ipv6Only ?? false,
    lookup: literal,
  });
  try {
    const listening = once(socket, "listening", { signal: options.signal }); // may come before bind returns
    socket.bind({ address: address.host, port: address.port });
    await listening;
    if (options.broadcast) socket.setBroadcast(true);
  } catch (cause) {
    socket.close();
    options.signal?.throwIfAborted();
    throw connectionError(`Cannot bind UDP ${formatAddress(address)}`, cause, formatAddress(address));
  }
  return new UdpSocket(reactor, socket, address.family === "ipv6");
}

/** Addresses are literal here; node's own look-up costs 9 % of a DNS answer. */
function literal(host: string, _options: unknown, found: (error: null, address: string, family: number) => void): void {
  found(null, host, host.includes(":") ? 6 : 4);
}

/** A datagram that leaves at the end of this turn. */
interface Waiting {
  readonly socket: UdpSocket;
  readonly payload: Uint8Array;
  readonly to: IpAddress;
}

const batch = new FlushBatch<Waiting>(({ socket, payload, to }) => socket.sendNow(payload, to), nextTurn);

class UdpSocket implements DatagramSocket {
  readonly reactor: Reactor;
  readonly local: IpAddress;
  readonly #socket: Socket;
  readonly #isIpv6: boolean;
  #receiver: DatagramReceiver | undefined;
  #closed = false;
  #sendCount = 0;
  #choked = false;

  constructor(reactor: Reactor, socket: Socket, isIpv6: boolean) {
    const { address, port } = socket.address();
    this.reactor = reactor;
    this.local = socketIpAddress(address, port);
    this.#socket = socket;
    this.#isIpv6 = isIpv6;
    socket.on("error", (cause) => this.#failed(cause));
    socket.on("close", () => this.#guard(() => this.#receiver?.closed()));
  }

  start(receiver: DatagramReceiver): void {
    const first = this.#receiver === undefined;
    this.#receiver = receiver;
    if (!first) return;
    this.#socket.on("message", (payload, { address, port }) => {
      try {
        this.#receiver!.datagram(payload, socketIpAddress(address, port));
      } catch (error) {
        reportFault(error, "DatagramReceiver");
      }
    });
  }

  send(payload: Uint8Array, to: IpAddress): void {
    if (this.#closed || to.port === 0) return; // who writes from port 0 wants no answer (RFC 768)
    if (!batch.add({ socket: this, payload, to })) this.sendNow(payload, to);
  }

  /** Without waiting for the end of the turn. */
  sendNow(payload: Uint8Array, to: IpAddress): void {
    if (this.#isChoked()) return;
    const sent = this.#receiver?.failed === undefined ? undefined : this.#sent; // to nobody it costs 5 % of a DNS answer
    this.#socket.send(payload, to.port, this.#isIpv6 ? mappedHost(to) : to.host, sent);
  }

  /** Asked for one datagram in many: the kernel nearly always takes them at once, and asking is a call into native code. */
  #isChoked(): boolean {
    if (this.#sendCount++ % sendsPerLook === 0) this.#choked = this.#socket.getSendQueueSize() > sendQueueOctetsMax;
    return this.#choked;
  }

  readonly #sent = (cause: Error | null): void => {
    if (cause !== null) this.#failed(cause);
  };

  close(): void {
    if (this.#closed) return;
    batch.flush(); // what was sent before is sent
    this.#closed = true;
    this.#socket.close();
  }

  joinGroup(group: string, options: { readonly interface?: string | undefined } = {}): void {
    this.#try(`join the group ${group}`, () => this.#socket.addMembership(group, options.interface));
  }

  leaveGroup(group: string, options: { readonly interface?: string | undefined } = {}): void {
    this.#try(`leave the group ${group}`, () => this.#socket.dropMembership(group, options.interface));
  }

  setMulticast(options: Parameters<DatagramSocket["setMulticast"]>[0]): void {
    this.#try("set multicast", () => {
      if (options.ttl !== undefined) this.#socket.setMulticastTTL(options.ttl);
      if (options.loopback !== undefined) this.#socket.setMulticastLoopback(options.loopback);
      if (options.interface !== undefined) this.#socket.setMulticastInterface(options.interface);
    });
  }

  #try(what: string, run: () => void): void {
    try {
      run();
    } catch (cause) {
      throw connectionError(`Cannot ${what} on UDP ${formatAddress(this.local)}`, cause);
    }
  }

  #failed(cause: Error): void {
    if (this.#closed) return;
    const error = connectionError(`Datagram not sent from ${formatAddress(this.local)}`, cause);
    this.#guard(() => this.#receiver?.failed?.(error));
  }

  /** A receiver that throws loses one datagram, not the socket. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      reportFault(error, "DatagramReceiver");
    }
  }
}
