/** Numbers that chance and this seed give (xorshift). */
export function randomOf(start: number): (below: number) => number {
  let state = Math.imul(start + 1, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Octets that parsers stumble over. */
const crumbs = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, 12, 41, 250];

/** Changes a packet a few times: octets, bits, pointers put in, parts cut out, doubled, or taken from another one. */
export function mutate(
  packet: Uint8Array,
  corpus: readonly Uint8Array[],
  random: (below: number) => number,
): Uint8Array {
  let octets = Uint8Array.from(packet);
  for (let n = random(4); n >= 0 && octets.length > 0; n--) {
    const at = random(octets.length);
    const other = corpus[random(corpus.length)]!;
    const before = octets.slice(0, at);
    const changes: readonly (() => Uint8Array)[] = [
      () => spliced(before, Uint8Array.of(random(256)), octets.slice(at + 1)),
      () => spliced(before, Uint8Array.of(octets[at]! ^ (1 << random(8))), octets.slice(at + 1)),
      () => spliced(before, Uint8Array.of(crumbs[random(crumbs.length)]!), octets.slice(at + 1)),
      () => spliced(before, Uint8Array.of(0xc0 | random(2), random(256)), octets.slice(at + 2)),
      () => before,
      () => spliced(before, octets.slice(at + random(6))),
      () => spliced(before, octets.slice(Math.max(0, at - random(20)))),
      () => spliced(before, other.slice(random(other.length))),
    ];
    octets = Uint8Array.from(changes[random(changes.length)]!());
  }
  return octets;
}

function spliced(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
