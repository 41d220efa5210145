import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Random } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { LoginError } from "../errors.ts";
import { SaslError, SaslProtocolError } from "./errors.ts";
import { saslMechanisms } from "./mechanisms/table.ts";
import { fakeTls, logInBoth, type SaslPairOptions } from "./testing/pair.test.kit.ts";

const tls = fakeTls({ client: "cert of alice" });
const credentials = { token: "t0ken~", certificate: true, anonymous: "rabbit" };

describe("what is broken on the way ends in an error that says so, or in nothing worse than a login as oneself", () => {
  for (const { name } of saslMechanisms)
    test(name, async () => {
      for (const seed of seeds({ count: 60, soakCount: 5_000 }))
        await tryOnce(name, new SeededRandom(String(seed)), seed);
    });
});

async function tryOnce(name: string, random: Random, seed: number | string): Promise<void> {
  const victim = random.integer(0, 4);
  let count = 0;
  let changed = false;
  const between: SaslPairOptions["between"] = (message) => {
    if (count++ !== victim) return message;
    const broken = mutate(message, random);
    changed = !Buffer.from(message).equals(broken);
    return broken;
  };
  const options = { tls, server: { mechanisms: [name] }, client: { ...credentials, mechanisms: [name] }, between };
  try {
    const { login } = await logInBoth(options);
    assert.ok(["alice", ""].includes(login.user.name));
    if (!changed) return;
    // The proof covers all that was said but the last word, which may have extensions.
    if (name.startsWith("SCRAM")) assert.equal(victim, 3, `seed ${seed}: a changed message was believed`);
    if (name === "CRAM-MD5" || name === "APOP")
      assert.notEqual(victim, 0, `seed ${seed}: a changed challenge was believed`);
  } catch (error) {
    const typed = error instanceof SaslProtocolError || error instanceof LoginError || error instanceof SaslError;
    if (!typed) throw new Error(`seed ${seed}: ${(error as Error).stack}`, { cause: error });
  }
}

function mutate(message: Uint8Array, random: Random): Uint8Array {
  const octets = Buffer.from(message);
  const at = random.integer(0, octets.length + 1);
  const some = random.bytes(random.integer(1, 9));
  switch (random.integer(0, 6)) {
    case 0:
      return octets.subarray(0, at);
    case 1:
      return octets.subarray(at);
    case 2:
      return Buffer.concat([octets.subarray(0, at), some, octets.subarray(at)]);
    case 3:
      return Buffer.concat([octets, octets]);
    case 4:
      return Buffer.concat([
        octets.subarray(0, at),
        Buffer.from(',=\0\x01"\\;'[random.integer(0, 7)]!),
        octets.subarray(at),
      ]);
    default:
      if (at < octets.length) octets[at] = octets[at]! ^ (1 << random.integer(0, 8));
      return octets;
  }
}
