import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { ManualClock } from "@hawser/core/testing";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { Checker } from "../credentials.ts";
import { from } from "../testing/login.test-kit.ts";
import { jwtUsers } from "./jwt.ts";

const issuer = "https://login.example.org/realm";
const now = Date.UTC(2026, 0, 1) / 1000;
const reactor = { ...nodeReactor, clock: new ManualClock(now * 1000) };
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: "first", alg: "ES256" };

function token(claims: JWTPayload = {}, header: { alg?: string; kid?: string } = {}): Promise<string> {
  return new SignJWT({ iss: issuer, aud: "web", sub: "alice", exp: now + 60, ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "first", ...header })
    .sign(privateKey);
}

async function verdict(users: Checker, text: string, user?: string): Promise<string> {
  return (await users.check({ kind: "bearer", token: text, user }, from("192.0.2.1"))).type;
}

const options = { issuer, audience: "web", reactor } as const;
const users = jwtUsers({ ...options, keys: { jwks: { keys: [jwk] } }, requiredClaims: ["jti"] });

test("a signed token is its user, with groups and attributes", async () => {
  const text = await token({ jti: "1", groups: ["staff", 7], email: "a@example.org", name: 5 });
  assert.deepEqual(await users.check({ kind: "bearer", token: text, user: "alice" }, from("192.0.2.1")), {
    type: "accepted",
    user: { name: "alice", groups: ["staff"], attributes: { email: "a@example.org" } },
  });
  const pem = await exportSPKI(publicKey);
  const other = jwtUsers({ ...options, keys: { pem, algorithm: "ES256" }, nameClaim: "preferred_username" });
  assert.equal(await verdict(other, await token({ preferred_username: "al" }), "al"), "accepted");
});

test("a token that is expired, early, for somebody else, changed or incomplete is rejected", async () => {
  const wrong: readonly JWTPayload[] = [
    { exp: now - 31 },
    { nbf: now + 31 },
    { aud: "mail" },
    { sub: "" },
    { sub: "a\0b" },
    { jti: undefined as never },
  ];
  for (const claims of wrong)
    assert.equal(await verdict(users, await token({ jti: "1", ...claims })), "rejected", JSON.stringify(claims));
  const good = await token({ jti: "1" });
  assert.equal(await verdict(users, good, "bob"), "rejected");
  assert.equal(await verdict(users, `${good.slice(0, -4)}AAAA`), "rejected");
  assert.equal(await verdict(users, await token({ jti: "1" }, { kid: "other" })), "rejected");
  assert.equal(
    await verdict(users, await token({ exp: now - 29, jti: "1" })),
    "accepted",
    "clocks may differ a little",
  );
});

test("a token that is none, or of another issuer, is for another checker", async () => {
  for (const text of ["", "a.b.c", "x".repeat(20_000), await token({ iss: "https://evil.example" })])
    assert.equal(await verdict(users, text), "unknown");
});

test("a token without a signature, or one made with the public key as a secret, is rejected", async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = part({ iss: issuer, aud: "web", sub: "alice", exp: now + 60, jti: "1" });
  assert.equal(await verdict(users, `${part({ alg: "none" })}.${claims}.`), "rejected");
  const pem = await exportSPKI(publicKey);
  const forged = await new SignJWT({ iss: issuer, aud: "web", sub: "alice", exp: now + 60 })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(pem));
  assert.equal(await verdict(jwtUsers({ ...options, keys: { pem, algorithm: "ES256" } }), forged), "rejected");
  const shared = jwtUsers({ ...options, keys: { secret: "s".repeat(32) } });
  assert.equal(await verdict(shared, await token()), "rejected", "a signature is not taken for a shared secret");
  assert.throws(() => jwtUsers({ ...options, keys: { secret: "short" } }), { code: "weak-secret" });
});

test("the keys of an issuer are found by discovery, and tried again when that failed", async () => {
  const document = { issuer, jwks_uri: `${issuer}/keys` };
  const answers: Record<string, unknown> = { [`${issuer}/keys`]: { keys: [jwk] } };
  let asked = 0;
  const fetch = async (url: string | URL | Request): Promise<Response> => {
    asked++;
    const answer = answers[String(url)];
    return answer === undefined ? new Response("", { status: 503 }) : Response.json(answer);
  };
  const discovered = jwtUsers({ ...options, fetch: fetch as typeof globalThis.fetch });
  const text = await token();
  await assert.rejects(verdict(discovered, text), /answers 503/);
  assert.equal((await discovered.problems!()).length, 1);
  for (const wrong of [
    { ...document, issuer: "https://evil.example" },
    { ...document, jwks_uri: "http://evil.example/" },
    [],
    null,
  ]) {
    answers[`${issuer}/.well-known/openid-configuration`] = wrong;
    await assert.rejects(verdict(discovered, text), { code: "bad-discovery" });
  }
  answers[`${issuer}/.well-known/openid-configuration`] = document;
  assert.equal(await verdict(discovered, text), "accepted");
  const before = asked;
  assert.equal(await verdict(discovered, text), "accepted");
  assert.equal(asked, before, "keys are kept");
});
