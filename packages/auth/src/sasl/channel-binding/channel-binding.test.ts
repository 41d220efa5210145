import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ipAddress, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { plainKeyPair, simulate } from "@hawser/core/simulation";
import { closePair, connectPair, selfSignedCertificate } from "@hawser/core/testing";
import { fakeTls, logInBoth } from "../testing/pair.test.kit.ts";
import { certificateHash } from "./certificate-hash.ts";
import { channelBindingsOf } from "./channel-binding.ts";

/** A login over TLS as a reactor has it; `keyPair` is the server's. */
async function logInOver(reactor: Reactor, keyPair = plainKeyPair("localhost")): Promise<void> {
  const pair = await connectPair(reactor, ipAddress("127.0.0.1", 993), {
    security: {
      client: { side: "client", serverName: "localhost", ca: [keyPair.certificate] },
      server: { side: "server", keyPair: () => keyPair },
    },
  });
  const tls = { client: pair.client.security!, server: pair.server.security! };
  const [ours, theirs] = [channelBindingsOf(tls.client, "client"), channelBindingsOf(tls.server, "server")];
  assert.deepEqual([...ours.keys()], ["tls-exporter", "tls-server-end-point"]);
  assert.deepEqual(ours, theirs);
  assert.deepEqual(
    [...ours.values()].map((octets) => octets.length),
    [32, 32],
  );
  assert.equal((await logInBoth({ tls })).mechanism, "SCRAM-SHA-256-PLUS");
  await closePair(pair);
}

test("both ends of real TLS are bound to the same octets", () => logInOver(memoryReactor(), selfSignedCertificate()));

test("both ends of a simulated connection are bound to the same octets", () =>
  simulate({ seed: 1, leaks: false }, (world) => logInOver(world.reactor)));

test("before TLS 1.3 the exporter is not used, and without a certificate there is nothing (RFC 9266 §3)", () => {
  const { client } = fakeTls({ version: "TLSv1.2", certificate: "no DER" });
  assert.equal(channelBindingsOf(client, "client").size, 0);
  assert.equal(channelBindingsOf(undefined, "client").size, 0);
});

test("a connection that is gone binds nothing", () => {
  const { client } = fakeTls({ version: "TLSv1.3", certificate: "no DER" });
  const gone = {
    ...client,
    exportKeyingMaterial: () => {
      throw new Error("the socket is destroyed");
    },
  };
  assert.equal(channelBindingsOf(gone, "client").size, 0);
});

const oids = {
  "2a864886f70d010104": "sha256",
  "2a864886f70d010105": "sha256",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a8648ce3d040304": "sha512",
  "2b6570": undefined, // Ed25519 hashes inside
};

test("the hash is that of the signature, but no weaker than SHA-256 (RFC 5929 §4.1)", () => {
  for (const [oid, hash] of Object.entries(oids)) assert.equal(certificateHash(signedBy(oid)), hash, oid);
  const pss = (parameters: string) => certificateHash(signedBy("2a864886f70d01010a", parameters));
  assert.equal(pss("300fa00d300b0609608648016503040203"), "sha512");
  assert.equal(pss("3000"), "sha256");
});

test("octets that are no certificate have no hash, wherever they break off", () => {
  const whole = signedBy("2a864886f70d01010b");
  for (let length = 0; length < whole.length; length++)
    assert.equal(certificateHash(whole.subarray(0, length)), undefined);
  for (let seed = 0; seed < 1_000; seed++)
    certificateHash(createHash("shake256", { outputLength: 40 }).update(String(seed)).digest());
});

/** The outline of a certificate: something that was signed, an algorithm, and no signature. */
function signedBy(oid: string, parameters = ""): Uint8Array {
  const element = (tag: string, content: string) =>
    `${tag}${(content.length / 2).toString(16).padStart(2, "0")}${content}`;
  return Buffer.from(element("30", element("30", "0500") + element("30", element("06", oid) + parameters)), "hex");
}
