import type { Address, IpAddress } from "../address.ts";
import type { Instant } from "../clock.ts";
import type { ConnectionSide } from "../memory/medium.ts";
import { encodeTcpPacket, encodeUdpPacket, TcpFlag } from "./ip-packets.ts";
import { wallAtStart } from "./virtual-clock.ts";
import type { WorldEvent, WorldTrace } from "./world-event.ts";

/**
 * A trace as a capture file, for Wireshark and tshark: every segment and datagram that arrived, with its handshake,
 * numbers, checksums and virtual time. UNIX sockets are not on the network, and not in the file.
 */
export function tracePcap(trace: WorldTrace): Uint8Array {
  const conversations = new Map<number, TcpConversation>();
  const records: Uint8Array[] = [fileHeader()];
  for (const event of trace.events)
    for (const packet of packetsOf(event, conversations)) records.push(recordHeader(event.at, packet.length), packet);
  return Buffer.concat(records);
}

function packetsOf(event: WorldEvent, conversations: Map<number, TcpConversation>): Uint8Array[] {
  switch (event.type) {
    case "note":
    case "datagram-lost":
      return [];
    case "datagram":
      return [encodeUdpPacket(event.from, event.to, event.payload)];
    case "connect":
      if (!isIp(event.client) || !isIp(event.server)) return [];
      conversations.set(event.connection, new TcpConversation(event.connection, event.client, event.server));
      break;
    default:
  }
  return conversations.get(event.connection)?.packetsOf(event) ?? [];
}

/** What fits into an Ethernet frame beside the headers of IPv6 and TCP. */
const payloadOctetsMax = 1_440;

/** One connection as an observer sees it who is everywhere at once: what has arrived is acknowledged at once. */
class TcpConversation {
  readonly #addresses: Readonly<Record<ConnectionSide, IpAddress>>;
  /** The number of the next octet of each side. It starts at a place of its own, as RFC 9293 §3.4.1 wants. */
  readonly #next: Record<ConnectionSide, number>;
  #accepted = false;

  constructor(connection: number, client: IpAddress, server: IpAddress) {
    this.#addresses = { client, server };
    this.#next = { client: connection * 100_000, server: connection * 100_000 + 50_000 };
  }

  packetsOf(event: Exclude<WorldEvent, { readonly type: "note" | "datagram" | "datagram-lost" }>): Uint8Array[] {
    switch (event.type) {
      case "connect":
        return [this.#packet("client", TcpFlag.syn)];
      case "accept":
        this.#accepted = true;
        return [this.#packet("server", TcpFlag.syn | TcpFlag.ack), this.#acknowledgment("client")];
      case "octets":
        return [...this.#octetPackets(event.from, event.chunk), this.#acknowledgment(other(event.from))];
      case "end":
        return [this.#packet(event.from, TcpFlag.fin | TcpFlag.ack), this.#acknowledgment(other(event.from))];
      case "reset":
        return [this.#reset(event.from)];
      case "timed-out":
        return [this.#reset(event.side)];
      default:
        return event satisfies never;
    }
  }

  #octetPackets(from: ConnectionSide, chunk: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (let offset = 0; offset < chunk.length; offset += payloadOctetsMax)
      packets.push(this.#packet(from, TcpFlag.psh | TcpFlag.ack, chunk.subarray(offset, offset + payloadOctetsMax)));
    return packets;
  }

  #acknowledgment(from: ConnectionSide): Uint8Array {
    return this.#packet(from, TcpFlag.ack);
  }

  /** A server that refuses has no numbers of its own yet: RFC 9293 §3.10.7.1. */
  #reset(from: ConnectionSide): Uint8Array {
    if (from === "server" && !this.#accepted) this.#next.server = 0;
    return this.#packet(from, TcpFlag.rst | TcpFlag.ack);
  }

  #packet(from: ConnectionSide, flags: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
    const to = other(from);
    const sequence = this.#next[from];
    const acknowledgment = (flags & TcpFlag.ack) === 0 ? 0 : this.#next[to];
    const numbered = payload.length + ((flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1);
    this.#next[from] = (sequence + numbered) >>> 0;
    const addresses = { from: this.#addresses[from], to: this.#addresses[to] };
    return encodeTcpPacket({ ...addresses, sequence, acknowledgment, flags, payload });
  }
}

function other(side: ConnectionSide): ConnectionSide {
  return side === "client" ? "server" : "client";
}

function isIp(address: Address): address is IpAddress {
  return address.family === "ipv4" || address.family === "ipv6";
}

/** Octets of a packet that are kept: all. */
const snapshotOctets = 262_144;

/** Packets begin with their IP header. */
const linkTypeRaw = 101;

/** The head of a libpcap file, version 2.4, with times in microseconds. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapshotOctets, 16);
  header.writeUInt32LE(linkTypeRaw, 20);
  return header;
}

function recordHeader(at: Instant, octets: number): Buffer {
  const microseconds = Math.round((wallAtStart + at) * 1_000);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(microseconds / 1_000_000), 0);
  header.writeUInt32LE(microseconds % 1_000_000, 4);
  header.writeUInt32LE(octets, 8);
  header.writeUInt32LE(octets, 12);
  return header;
}
