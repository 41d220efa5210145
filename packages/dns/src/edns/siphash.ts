/**
 * SipHash-2-4 of 64 bits, which RFC 9018 §4.4 hashes cookies with and node:crypto does not have. Words of 64 bits are pairs
 * of 32, low half first: BigInt would take ten times as long.
 */
export function sipHash(key: Uint8Array, octets: Uint8Array): Uint8Array {
  const state = new Uint32Array(8);
  const keys = new DataView(key.buffer, key.byteOffset, 16);
  for (let i = 0; i < 8; i++) state[i] = initial[i]! ^ keys.getUint32((i & 3) * 4, true);
  const padded = new Uint8Array((octets.length + 8) & ~7);
  padded.set(octets);
  padded[padded.length - 1] = octets.length;
  const words = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8)
    compress(state, words.getUint32(at, true), words.getUint32(at + 4, true));
  state[4]! ^= 0xff;
  for (let i = 0; i < 4; i++) round(state);
  return outputOf(state);
}

/** "somepseudorandomlygeneratedbytes", as words of 32 bits. */
const initial = Uint32Array.of(
  0x70736575,
  0x736f6d65,
  0x6e646f6d,
  0x646f7261,
  0x6e657261,
  0x6c796765,
  0x79746573,
  0x74656462,
);

function compress(state: Uint32Array, low: number, high: number): void {
  state[6]! ^= low;
  state[7]! ^= high;
  round(state);
  round(state);
  state[0]! ^= low;
  state[1]! ^= high;
}

function round(state: Uint32Array): void {
  add(state, 0, 2);
  add(state, 4, 6);
  rotate(state, 2, 13);
  rotate(state, 6, 16);
  mix(state, 2, 0);
  mix(state, 6, 4);
  rotate(state, 0, 32);
  add(state, 4, 2);
  add(state, 0, 6);
  rotate(state, 2, 17);
  rotate(state, 6, 21);
  mix(state, 2, 4);
  mix(state, 6, 0);
  rotate(state, 4, 32);
}

function add(state: Uint32Array, to: number, from: number): void {
  const low = state[to]! + state[from]!;
  state[to + 1] = state[to + 1]! + state[from + 1]! + (low > 0xffffffff ? 1 : 0);
  state[to] = low;
}

function mix(state: Uint32Array, to: number, from: number): void {
  state[to]! ^= state[from]!;
  state[to + 1]! ^= state[from + 1]!;
}

/** To the left, by fewer than 32 bits or by exactly 32. */
function rotate(state: Uint32Array, at: number, bits: number): void {
  const [low, high] = [state[at]!, state[at + 1]!];
  const isSwap = bits === 32;
  state[at] = isSwap ? high : (low << bits) | (high >>> (32 - bits));
  state[at + 1] = isSwap ? low : (high << bits) | (low >>> (32 - bits));
}

function outputOf(state: Uint32Array): Uint8Array {
  const output = new Uint8Array(8);
  const view = new DataView(output.buffer);
  view.setUint32(0, (state[0]! ^ state[2]! ^ state[4]! ^ state[6]!) >>> 0, true);
  view.setUint32(4, (state[1]! ^ state[3]! ^ state[5]! ^ state[7]!) >>> 0, true);
  return output;
}
