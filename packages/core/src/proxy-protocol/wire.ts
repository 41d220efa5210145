import { ProxyProtocolError } from "./errors.ts";
import type { ProxyHeader } from "./header.ts";
import { formatProxyV1, parseProxyV1, proxyV1OctetsMax } from "./v1.ts";
import { decodeProxyV2, encodeProxyV2, proxyV2FixedOctets, proxyV2Octets, proxyV2Signature } from "./v2.ts";

/** The longest version 2 header that is read. 536 octets must be (proxy-protocol.txt §2.2); certificates want more. */
export const proxyHeaderOctetsMaxDefault = 4_096;

const v1Start = Buffer.from("PROXY ");

/** The octets of a header, to be sent before everything else. */
export function encodeProxyHeader(header: ProxyHeader): Uint8Array {
  return header.version === 1 ? Buffer.from(formatProxyV1(header), "latin1") : encodeProxyV2(header);
}

/** A header, and the octets behind it that belong to the protocol. */
export interface ReadProxyHeader {
  readonly header: ProxyHeader;
  readonly rest: Uint8Array;
}

/**
 * Reads a header of either version out of chunks that may be cut anywhere. What cannot become a header is refused at its
 * first wrong octet.
 */
export class ProxyHeaderReader {
  readonly #octetsMax: number;
  #octets: Uint8Array = new Uint8Array();

  constructor(octetsMax: number = proxyHeaderOctetsMaxDefault) {
    this.#octetsMax = octetsMax;
  }

  /**
   * Takes a chunk; gives the header when it is whole.
   * @throws {ProxyProtocolError} `bad-header`, `bad-checksum`, `header-too-long`
   */
  receive(chunk: Uint8Array): ReadProxyHeader | undefined {
    this.#octets = this.#octets.length === 0 ? chunk : Buffer.concat([this.#octets, chunk]);
    if (beginsLike(this.#octets, proxyV2Signature)) return this.#readV2(this.#octets);
    if (beginsLike(this.#octets, v1Start)) return this.#readV1(this.#octets);
    throw new ProxyProtocolError("bad-header", "Cannot read the PROXY header: the connection does not begin with one");
  }

  #readV1(octets: Uint8Array): ReadProxyHeader | undefined {
    const end = octets.subarray(0, proxyV1OctetsMax).indexOf(0x0a);
    if (end < 0) {
      if (octets.length >= proxyV1OctetsMax) throw tooLong("the line has no end within 107 octets");
      return undefined;
    }
    if (octets[end - 1] !== 0x0d)
      throw new ProxyProtocolError("bad-header", "Cannot read the PROXY header: LF without CR");
    const line = Buffer.from(octets.subarray(0, end - 1)).toString("latin1");
    return { header: parseProxyV1(line), rest: octets.subarray(end + 1) };
  }

  #readV2(octets: Uint8Array): ReadProxyHeader | undefined {
    if (octets.length < proxyV2FixedOctets) return undefined;
    const length = proxyV2Octets(octets);
    if (length > this.#octetsMax) throw tooLong(`it has ${length} octets, ${this.#octetsMax} are allowed`);
    if (octets.length < length) return undefined;
    return { header: decodeProxyV2(octets.subarray(0, length)), rest: octets.subarray(length) };
  }
}

function beginsLike(octets: Uint8Array, start: Uint8Array): boolean {
  const count = Math.min(octets.length, start.length);
  for (let i = 0; i < count; i++) if (octets[i] !== start[i]) return false;
  return true;
}

function tooLong(reason: string): ProxyProtocolError {
  return new ProxyProtocolError("header-too-long", `Cannot read the PROXY header: ${reason}`);
}
