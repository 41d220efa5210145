import fc from "fast-check";

/** All of an iterable, as one piece. */
export async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Contents of files, with the lengths around those that archives pad to. */
export const contents: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.constantFrom(0, 1, 2, 3, 4, 511, 512, 513, 1024).map((octets) => new Uint8Array(octets).fill(0x61)),
);

/** Names that a file may have: no `/`, no control characters, at most 255 octets. */
export const fileNames: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }),
    fc.constantFrom(
      "a".repeat(99),
      "b".repeat(100),
      "c".repeat(101),
      "d".repeat(255),
      "ü".repeat(50),
      "日本".repeat(20),
    ),
  )
  .filter(
    (name) =>
      !/[\p{Cc}/\\]|\p{Surrogate}/u.test(name) && !["", ".", ".."].includes(name) && Buffer.byteLength(name) <= 255,
  );

/** Paths of up to four names, every one a file below folders that no other file is at. */
export const filePaths: fc.Arbitrary<string> = fc
  .array(fileNames, { minLength: 1, maxLength: 4 })
  .map((names) => names.map((name, index) => (index < names.length - 1 ? `d-${name}`.slice(0, 100) : name)).join("/"))
  .filter(
    (path) =>
      Buffer.byteLength(path) < 1000 &&
      !path.split("/").some((name) => Buffer.byteLength(name) > 255 || /\p{Surrogate}/u.test(name)),
  );

/** Changes some octets of an archive, or cuts it. */
export function damaged(archive: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(Math.max(archive.length - 1, 0)), fc.nat(255));
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(archive.length), fc.boolean())
    .map(([changes, end, cut]) => {
      const copy = Uint8Array.from(archive);
      for (const [at, octet] of changes) copy[at] = octet;
      return cut ? copy.subarray(0, end) : copy;
    });
}
