import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { selfSignedCertificate } from "./certificates.ts";

describe("selfSignedCertificate", () => {
  it("makes a certificate for names, wildcards and literal addresses", () => {
    const { certificate } = selfSignedCertificate({ names: ["a.test", "*.b.test", "192.0.2.1", "2001:db8::1"] });
    const read = new X509Certificate(certificate);
    assert.equal(read.subject, "CN=a.test");
    assert.equal(read.checkHost("a.test"), "a.test");
    assert.equal(read.checkHost("x.b.test"), "*.b.test");
    assert.equal(read.checkHost("x.y.b.test"), undefined);
    assert.equal(read.checkIP("192.0.2.1"), "192.0.2.1");
    assert.equal(read.checkIP("2001:db8::1"), "2001:db8::1");
    assert.equal(read.checkIP("2001:db8::2"), undefined);
    assert.ok(read.verify(read.publicKey));
  });

  it("signs with an authority, and only with one", () => {
    const authority = selfSignedCertificate({ names: ["Test authority"], authority: true });
    const leaf = selfSignedCertificate({ names: ["a.test"], ca: authority });
    const issuer = new X509Certificate(authority.certificate);
    const read = new X509Certificate(leaf.certificate);
    assert.ok(issuer.ca && !read.ca);
    assert.ok(read.checkIssued(issuer) && read.verify(issuer.publicKey));
    assert.throws(() => selfSignedCertificate({ ca: leaf }), /ca is not an authority/);
  });

  it("is valid from an hour before now, for as many days as asked, past 2049 too", () => {
    const read = new X509Certificate(selfSignedCertificate({ now: Date.UTC(2049, 11, 31), days: 2 }).certificate);
    assert.equal(read.validFrom, "Dec 30 23:00:00 2049 GMT");
    assert.equal(read.validTo, "Jan  2 00:00:00 2050 GMT");
  });
});
