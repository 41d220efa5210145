import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { DnsProtocolError } from "../errors.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { linesOf, zoneOf, zoneTwin } from "./authority.test.kit.ts";
import { ZoneError } from "./errors.ts";
import { oddZones } from "./interop/odd-zones.test.kit.ts";
import { decodeEntry, encodeEntry, entryHeadOctets } from "./journal/entry.ts";
import { readZone } from "./loading/check-zone.ts";
import { updateOctets } from "./update/update-text.test.kit.ts";
import { updateZone } from "./update/update-zone.ts";

/** Octets with some of them changed, left out, or there twice. */
function mutated(octets: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = [...octets];
  for (let changes = random.integer(1, 5); changes > 0; changes--) {
    const at = random.integer(0, bytes.length);
    const kind = random.integer(0, 4);
    if (kind === 0) bytes[at] = random.integer(0, 256);
    else if (kind === 1) bytes.splice(at, random.integer(1, 8));
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 20)));
    else bytes = bytes.slice(0, Math.max(1, at));
    if (bytes.length === 0) bytes = [0];
  }
  return Uint8Array.from(bytes);
}

const zone = zoneOf("@ SOA ns host 7 2 3 4 5\n@ NS ns\n@ NS ns2\nns A 192.0.2.1\na A 192.0.2.2\nc CNAME a\nx.e TXT x");

test("updates of any octets are an rcode, and what they make of a zone is one", () => {
  const octets = updateOctets(
    "prereq yxrrset a A",
    "prereq nxdomain q",
    "add a 60 A 192.0.2.9",
    "delete c CNAME",
    "add d 5 MX 1 mail",
    "delete x.e",
    "add @ 60 SOA ns host 9 2 3 4 5",
    "delete @ NS ns",
  );
  for (const seed of seeds({ count: 5_000, soakCount: 500_000 })) {
    try {
      const message = decodeDnsMessage(mutated(octets, new SeededRandom(String(seed))));
      const { rcode, change } = updateZone(zone, message, () => true);
      assert.ok(rcode >= 0 && rcode <= 10);
      if (change === undefined) continue;
      const next = zoneTwin(zone);
      next.apply(change);
      assert.ok(next.set(next.origin, 2)!.data.length > 0);
    } catch (error) {
      if (!(error instanceof DnsProtocolError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test("entries of a journal of any octets are a change or a typed error", () => {
  const { change } = updateZone(zone, decodeDnsMessage(updateOctets("add a 60 A 192.0.2.9", "delete x.e")), () => true);
  const body = encodeEntry(change!, 0).octets.subarray(entryHeadOctets);
  const entry = decodeEntry(body);
  assert.ok("added" in entry);
  assert.deepEqual(linesOf(entry.added), linesOf(change!.added));
  for (const seed of seeds({ count: 5_000, soakCount: 500_000 })) {
    try {
      decodeEntry(mutated(body, new SeededRandom(String(seed))));
    } catch (error) {
      if (!(error instanceof ZoneError) || error.code !== "bad-journal")
        throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test("text of any kind is a zone or findings", () => {
  const text = Buffer.from(oddZones["example.org"]!, "latin1");
  for (const seed of seeds({ count: 300, soakCount: 30_000 })) {
    const octets = mutated(text, new SeededRandom(String(seed)));
    const { findings } = readZone(Buffer.from(octets).toString("latin1"), "example.org");
    assert.ok(findings.every(({ message, code }) => message !== "" && code.length > 0));
  }
});
