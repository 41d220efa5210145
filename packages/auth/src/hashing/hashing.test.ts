import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { nodeReactor } from "@hawser/core/node";
import { simulate } from "@hawser/core/simulation";
import { cheapCost, cheapHasher } from "../testing/login.test-kit.ts";
import { md5Crypt } from "./apr1.ts";
import { verifyCrypt } from "./crypt-work.ts";
import { PasswordHasher, passwordHasher } from "./password-hasher.ts";
import { passwordHashFault } from "./schemes.ts";
import { formatScrypt, parseScrypt, scryptNow } from "./scrypt.ts";
import { shaCrypt } from "./sha-crypt.ts";

/** Made by `openssl passwd`, by htpasswd and by the specifications; the password of each is beside it. */
const hashes: Readonly<Record<string, string>> = {
  "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.":
    "Hello world!",
  "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA": "Hello world!",
  "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=": "test",
};

test("scrypt gives what RFC 7914 §12 gives", () => {
  const hash = scryptNow("pleaseletmein", Buffer.from("SodiumChloride"), 64, { ln: 14, r: 8, p: 1 });
  assert.equal(Buffer.from(hash).toString("hex").slice(0, 32), "7023bdcb3afd7348461c06cd81fd38eb");
});

test("a scrypt hash is spelt so that it is read again", () => {
  const text = formatScrypt({ cost: { ln: 15, r: 8, p: 3 }, salt: Buffer.alloc(16, 7), hash: Buffer.alloc(32, 9) });
  assert.match(text, /^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(formatScrypt(parseScrypt(text)), text);
});

test("hashes that others made are verified, and only with their password", async () => {
  for (const [hash, password] of Object.entries(hashes)) {
    assert.equal(passwordHashFault(hash), undefined, hash);
    assert.equal(await verifyCrypt(hash, password), true, hash);
    assert.equal(await verifyCrypt(hash, `${password}!`), false, hash);
  }
  assert.equal(md5Crypt("Hello world!", "$apr1$", "abcdefgh").length, 37);
  assert.ok(await verifyCrypt(shaCrypt("grüße", "5", "salt"), "grüße"));
});

test("hashes that are broken, costly or unsafe are refused with a reason", () => {
  const salt = "A".repeat(22);
  const faults: Readonly<Record<string, string>> = {
    [`$scrypt$ln=15,r=8,p=3$${salt}$`]: "bad-hash",
    [`$scrypt$ln=0,r=8,p=3$${salt}$${salt}`]: "bad-hash",
    [`$scrypt$ln=22,r=8,p=1$${salt}$${salt}`]: "too-costly",
    [`$scrypt$ln=15,r=8,p=999$${salt}$${salt}`]: "too-costly",
    [`$6$rounds=999999999$salt$${"a".repeat(86)}`]: "too-costly",
    [`$2y$31$${"a".repeat(53)}`]: "too-costly",
    $5$salt$short: "bad-hash",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA": "unsupported-hash",
    "{MD5}abc": "unsupported-hash",
    rqXexS6ZhobKA: "unsupported-hash",
    secret: "unsupported-hash",
    "": "unsupported-hash",
  };
  for (const [hash, code] of Object.entries(faults)) assert.equal(passwordHashFault(hash)?.code, code, hash);
  assert.match(passwordHashFault("rqXexS6ZhobKA")!.message, /DES/);
});

test("a hasher verifies what it made, off the loop, on every reactor", async () => {
  for (const reactor of [nodeReactor, memoryReactor()]) {
    const hasher = cheapHasher(reactor);
    const hash = await hasher.hash("secret");
    assert.equal(await hasher.verify(hash, "secret"), true);
    assert.equal(await hasher.verify(hash, "Secret"), false);
    assert.equal(await hasher.verify(Object.keys(hashes)[0]!, "Hello world!"), true);
    await assert.rejects(hasher.verify("secret", "secret"), { code: "unsupported-hash" });
  }
  assert.equal(passwordHasher(nodeReactor), passwordHasher(nodeReactor));
});

test("in a simulation hashing takes no turn of the real loop, so that runs replay", async () => {
  const run = () =>
    simulate({ seed: 7 }, async (world) => {
      const hasher = cheapHasher(world.reactor);
      const hash = await hasher.hash("secret");
      assert.ok(await hasher.verify(hash, "secret"));
      return hash;
    });
  assert.equal(await run(), await run());
});

test("few hashes are under way at once, and who comes when too many wait is refused as temporary", async () => {
  const hasher = new PasswordHasher(nodeReactor, { cost: cheapCost, parallelMax: 1, waitingMax: 3 });
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => hasher.waste("secret")));
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? "done" : (result.reason as { code: string }).code)),
    ["done", "done", "done", "done", "temporary", "temporary"],
  );
});

test("a bcrypt hash is verified by an optional package", async () => {
  const { hashSync } = await import("bcryptjs");
  const hash = hashSync("secret", 4);
  assert.equal(await cheapHasher(nodeReactor).verify(hash, "secret"), true);
  assert.equal(await cheapHasher(nodeReactor).verify(hash.replace("$2b$", "$2y$"), "wrong"), false);
});
