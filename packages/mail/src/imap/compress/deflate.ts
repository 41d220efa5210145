import { constants, deflateRawSync } from "node:zlib";

/** How far back a copy may reach. */
const windowOctets = 32_768;

/**
 * Packs octets by DEFLATE, each time so that the other side can unpack all of it (RFC 4978 §3). What was packed before serves as
 * the dictionary of what follows, so that the pieces are one stream.
 */
export class DeflateStream {
  #before: Uint8Array = new Uint8Array(0);

  pack(octets: Uint8Array): Uint8Array {
    const dictionary = this.#before.length === 0 ? {} : { dictionary: this.#before };
    const packed = deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
    const both = octets.length >= windowOctets ? octets : Buffer.concat([this.#before, octets]);
    this.#before = Uint8Array.from(both.subarray(Math.max(0, both.length - windowOctets)));
    return packed;
  }
}
