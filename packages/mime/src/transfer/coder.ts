/** Turns octets into others, chunk by chunk, in both directions of a transfer encoding (RFC 2045 §6). */
export interface TransferCoder {
  /** What the octets so far make, beyond what was given before. */
  push(chunk: Uint8Array): Uint8Array;
  /** The rest. */
  end(): Uint8Array;
}

/** Runs a coder over one piece. */
export function codeWhole(coder: TransferCoder, octets: Uint8Array): Uint8Array {
  return Buffer.concat([coder.push(octets), coder.end()]);
}

/** Lets octets through: 7bit, 8bit and binary (RFC 2045 §6.2). */
export function identityCoder(): TransferCoder {
  return { push: (chunk) => chunk, end: () => nothing };
}

const nothing = new Uint8Array(0);
