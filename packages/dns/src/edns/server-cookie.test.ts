import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseIp } from "@hawser/core";
import { checkServerCookie, makeServerCookie } from "../index.ts";
import { sipHash } from "./siphash.ts";

const hex = (text: string) => Buffer.from(text, "hex");

test("sipHash gives the value of its authors' paper", () => {
  const octets = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);
  assert.equal(Buffer.from(sipHash(octets(16), octets(15))).toString("hex"), "e545be4961ca29a1");
  assert.equal(Buffer.from(sipHash(octets(16), octets(0))).toString("hex"), "310e0edd47db6f72");
});

describe("server cookies of RFC 9018 §A", () => {
  const first = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  const rolled = "445536bcd2513298075a5d379663c962";
  const vectors = [
    ["198.51.100.100", "2464c4abcf10c957", first, 1_559_731_985, "010000005cf79f111f8130c3eee29480"],
    ["198.51.100.100", "2464c4abcf10c957", first, 1_559_734_385, "010000005cf7a871d4a564a1442aca77"],
    ["203.0.113.203", "fc93fc62807ddb86", first, 1_559_734_700, "010000005cf7a9acf73a7810aca2381e"],
    [
      "2001:db8:220:1:59de:d0f4:8769:82b8",
      "22681ab97d52c298",
      rolled,
      1_559_741_961,
      "010000005cf7c609a6bb79d16625507a",
    ],
  ] as const;
  for (const [address, client, secret, now, cookie] of vectors) {
    test(`${address} at ${now}`, () => {
      const source = { secret: hex(secret), client: hex(client), address: parseIp(address)! };
      assert.equal(Buffer.from(makeServerCookie(source, now)).toString("hex"), cookie);
      assert.equal(checkServerCookie(source, hex(cookie), now), "good");
    });
  }

  test("with reserved octets set, one is still good (RFC 9018 §A.3)", () => {
    const source = { secret: hex(first), client: hex("fc93fc62807ddb86"), address: parseIp("203.0.113.203")! };
    assert.equal(checkServerCookie(source, hex("01abcdef5cf78f71a314227b6679ebf5"), 1_559_727_985 + 60), "good");
  });

  test("one of the secret before is good by that secret (RFC 9018 §A.4)", () => {
    const source = { client: hex("22681ab97d52c298"), address: parseIp("2001:db8:220:1:59de:d0f4:8769:82b8")! };
    const cookie = hex("010000005cf7c57926556bd0934c72f8");
    assert.equal(checkServerCookie({ ...source, secret: hex(rolled) }, cookie, 1_559_741_961), "bad");
    assert.equal(
      checkServerCookie({ ...source, secret: hex("dd3bdf9344b678b185a6f5cb60fca715") }, cookie, 1_559_741_961),
      "good",
    );
  });

  test("age with time, and are bad for others", () => {
    const source = { secret: hex(first), client: hex("2464c4abcf10c957"), address: parseIp("198.51.100.100")! };
    const now = 2 ** 32 - 100; // the clock's 32 bits run over in between
    const cookie = makeServerCookie(source, now);
    const verdicts = [0, 1_800, 1_801, 3_600, 3_601, -300, -301].map((age) =>
      checkServerCookie(source, cookie, now + age),
    );
    assert.deepEqual(verdicts, ["good", "good", "stale", "stale", "bad", "good", "bad"]);
    assert.equal(checkServerCookie({ ...source, address: parseIp("198.51.100.101")! }, cookie, now), "bad");
    assert.equal(checkServerCookie(source, cookie.subarray(0, 8), now), "bad");
    assert.equal(
      checkServerCookie(
        source,
        Uint8Array.from(cookie, (octet, i) => (i === 0 ? 2 : octet)),
        now,
      ),
      "bad",
    );
    assert.throws(() => makeServerCookie({ ...source, secret: new Uint8Array(8) }, now), RangeError);
  });
});
