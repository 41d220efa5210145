import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomainName } from "./domain-name.ts";
import { hashKey, hashSuffixes, nameOfOctets, suffixHashes } from "./suffix-hashes.ts";

const hashesOf = (text: string): number[] => {
  const labels = hashSuffixes(parseDomainName(text));
  return [...suffixHashes.subarray(0, labels + 1)];
};

test("a name has the hashes of all above it, whatever the case", () => {
  const [own, parent, top, root] = hashesOf("www.example.org");
  assert.deepEqual(hashesOf("EXAMPLE.org"), [parent, top, root]);
  assert.deepEqual(hashesOf("."), [root]);
  assert.deepEqual(hashesOf("WWW.Example.ORG"), [own, parent, top, root]);
  assert.equal(hashKey(parseDomainName("www.example.org").key), own);
  assert.equal(new Set([own, parent, top, root]).size, 4);
});

test("a name that is read is hashed on the way, and hashed anew after another", () => {
  const octets = Uint8Array.from([9, 9, ...parseDomainName("wWw.example").toOctets(), 9]);
  const name = nameOfOctets(octets, 2, octets.length - 1);
  assert.deepEqual([name.wire, name.key], ["\x03wWw\x07example\0", "\x03www\x07example\0"]);
  assert.equal(hashSuffixes(name), 2);
  const hash = suffixHashes[0];
  assert.equal(hashSuffixes(parseDomainName("other")), 1);
  assert.notEqual(suffixHashes[0], hash);
  assert.equal(hashSuffixes(name), 2);
  assert.equal(suffixHashes[0], hash);
});

test("the longest names are hashed too", () => {
  const long = `${"a.".repeat(126)}a`;
  assert.equal(hashSuffixes(parseDomainName(long)), 127);
  assert.equal(hashSuffixes(parseDomainName(long).parent()!), 126);
});
