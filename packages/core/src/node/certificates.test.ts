import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { selfSignedCertificate } from "../testing/certificates.ts";
import { type CertificateFiles, certificateFiles } from "./certificates.ts";

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "hawser-"));
});
after(() => rm(directory, { recursive: true }));

async function file(name: string, ...contents: string[]): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, contents.join(""));
  return path;
}

/** A file that holds a certificate and its key. */
function both(name: string, ...names: string[]): Promise<string> {
  const { certificate, key } = selfSignedCertificate({ names });
  return file(name, certificate, key);
}

function shown(files: CertificateFiles, name: string | undefined): string {
  return new X509Certificate(files.keyPair(name).certificate).subject;
}

describe("certificateFiles", () => {
  it("reads a certificate and its key from one file, or from two", async () => {
    const { certificate, key } = selfSignedCertificate({ names: ["a.test"] });
    const one = await certificateFiles({ cert: await file("one.pem", key, certificate) });
    const two = await certificateFiles({ cert: await file("two.crt", certificate), key: await file("two.key", key) });
    for (const files of [one, two]) assert.equal(shown(files, undefined), "CN=a.test");
  });

  it("chooses by name and wildcard; the first is for everybody else", async () => {
    const cert = [await both("a.pem", "a.test"), await both("b.pem", "b.test", "*.b.test")];
    const files = await certificateFiles({ cert });
    const expected = { "a.test": "a", "b.test": "b", "x.b.test": "b", "x.y.b.test": "a", "c.test": "a" };
    for (const [name, subject] of Object.entries(expected)) assert.equal(shown(files, name), `CN=${subject}.test`);
    assert.equal(files.keyPair("x.b.test"), files.keyPair("b.test")); // one object, so that TLS keeps its context
  });

  it("reads again when told, and keeps what it has when that fails", async () => {
    const cert = await both("again.pem", "old.test");
    const files = await certificateFiles({ cert });
    await both("again.pem", "new.test");
    assert.equal(shown(files, undefined), "CN=old.test");
    await files.reload();
    assert.equal(shown(files, undefined), "CN=new.test");
    await writeFile(cert, "half a certif");
    await assert.rejects(files.reload(), /it holds no certificate/);
    assert.equal(shown(files, undefined), "CN=new.test");
  });

  it("notices a change by itself when asked to", async () => {
    const cert = await both("watched.pem", "old.test");
    const files = await certificateFiles({ cert, reload: true });
    await both("watched.pem", "a-longer-name.test");
    while (shown(files, undefined) === "CN=old.test") await new Promise(setImmediate);
    assert.equal(shown(files, undefined), "CN=a-longer-name.test");
  });

  it("says what is wrong", async () => {
    const a = selfSignedCertificate({ names: ["a.test"] });
    const b = selfSignedCertificate({ names: ["b.test"] });
    const cert = await file("alone.crt", a.certificate);
    const refuse = (options: Parameters<typeof certificateFiles>[0], message: RegExp) =>
      assert.rejects(certificateFiles(options), { code: "bad-certificate", message });
    await refuse({ cert }, /alone.crt": it holds no private key, and no key file is named$/);
    await refuse({ cert: "/nowhere.pem" }, /^Cannot use certificate "\/nowhere.pem": no such file$/);
    await refuse({ cert, key: await file("b.key", b.key) }, /the key in ".*b.key" belongs to another certificate$/);
    await refuse({ cert, key: await file("empty.key") }, /"[^"]*empty.key" holds no private key$/);
    await assert.rejects(certificateFiles({ cert: [cert, cert], key: "one.key" }), /2 certificates have 1 keys/);
  });
});
