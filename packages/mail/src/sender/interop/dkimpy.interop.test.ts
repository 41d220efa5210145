import assert from "node:assert/strict";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { describe, test } from "node:test";
import { ed25519Key, rsaKey, signedMessage, testNow, verdictsOf } from "../dkim/signing.test.kit.ts";
import { forms, keyRecords, sampleMessages } from "./messages.test.kit.ts";
import { askPython, missingPythonPackage } from "./python.test.kit.ts";

const program = `
import base64, json, sys, time
import dkim
def answer(r):
    message = base64.b64decode(r["message"])
    if r["do"] == "verify":
        verdicts = []
        for index in range(r["count"]):
            try:
                d = dkim.DKIM(message)
                txt = lambda name, timeout=5: r["keys"].get(name.decode().rstrip("."), "").encode()
                verdicts.append(d.verify(idx=index, dnsfunc=txt))
            except dkim.DKIMException as e:
                verdicts.append(str(e))
        return verdicts
    header, body = [f.encode() for f in r["form"]]
    field = dkim.sign(message, r["selector"].encode(), b"example.org", r["key"].encode(), canonicalize=(header, body),
                      signature_algorithm=r["algorithm"].encode(), length=r["length"])
    return base64.b64encode(field).decode()
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
`;

const missing = missingPythonPackage("dkim, nacl", "python3-dkim");

const now = Date.now(); // it refuses what is not signed about now

const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

describe("DKIM: with Debian's python3-dkim", () => {
  for (const [i, [header, body]] of forms.entries())
    test(`we sign ${header}/${body} with two keys, it verifies; and sees what was changed`, (t) => {
      if (missing !== undefined) return t.skip(missing);
      const options = { keys: [rsaKey, ed25519Key], headerCanonicalization: header, bodyCanonicalization: body, now };
      const signed = sampleMessages(i).map((message) => signedMessage(message, options));
      const requests = signed.flatMap((text) => [
        verify(text),
        verify(text.replace("bob@", "rob@")),
        verify(`${text}x`),
      ]);
      const verdicts = askPython(program, requests);
      for (const [at, verdict] of verdicts.entries())
        assert.deepEqual(
          verdict,
          at % 3 === 0 ? [true, true] : at % 3 === 1 ? [false, false] : verdict,
          signed[Math.floor(at / 3)],
        );
      for (const [at, verdict] of verdicts.entries())
        if (at % 3 === 2) assert.ok(!(verdict as unknown[]).includes(true));
    });

  for (const [i, form] of forms.entries())
    for (const [algorithm, key] of [
      ["rsa-sha256", rsaKey],
      ["ed25519-sha256", ed25519Key],
    ] as const)
      test(`it signs ${form.join("/")} with ${algorithm}, we verify`, async (t) => {
        if (missing !== undefined) return t.skip(missing);
        const messages = sampleMessages(100 + i);
        const { selector } = key;
        const requests = messages.map((message, at) => ({
          do: "sign",
          message: base64(message),
          form,
          algorithm,
          selector,
          key: keyText(algorithm, key.privateKey),
          length: at % 2 === 1,
        }));
        const fields = askPython(program, requests) as readonly string[];
        for (const [at, field] of fields.entries()) {
          const signed = Buffer.from(field, "base64").toString("latin1") + messages[at];
          assert.deepEqual(await verdictsOf(signed, { now }), ["pass"], signed);
          const changed = signed.replace("bob@", "rob@");
          assert.deepEqual(await verdictsOf(changed, { now }), ["fail: bad-signature"], changed);
        }
      });
});

function verify(text: string) {
  return { do: "verify", message: base64(text), keys: keyRecords, count: 2 };
}

/** It wants PKCS #1, and the seed alone. */
function keyText(algorithm: string, key: KeyObject | string): string {
  const privateKey = typeof key === "string" ? createPrivateKey(key) : key;
  if (algorithm === "rsa-sha256") return privateKey.export({ format: "pem", type: "pkcs1" }).toString();
  return privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32).toString("base64");
}

test("the tests take place in their own time", () => assert.ok(testNow < now));
