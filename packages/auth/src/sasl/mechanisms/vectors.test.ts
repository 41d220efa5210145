import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScramHash } from "../../credentials.ts";
import { makeScramSecret } from "../scram/keys.ts";
import { playMachines, playServerMachine, type SaslTestTalk } from "../testing/machines.test.kit.ts";
import { anonymous } from "./anonymous.ts";
import { apop } from "./apop.ts";
import { cramMd5 } from "./cram-md5.ts";
import { digestMd5 } from "./digest-md5.ts";
import { external } from "./external.ts";
import { login } from "./login.ts";
import { oauthBearer } from "./oauthbearer.ts";
import { plain } from "./plain.ts";
import { scram } from "./scram.ts";
import { xoauth2 } from "./xoauth2.ts";

function scramTalk(hash: ScramHash, salt: string, nonces: readonly [client: string, server: string]): SaslTestTalk {
  const secret = makeScramSecret("pencil", { hash, salt: Buffer.from(salt, "base64"), iterations: 4_096 });
  return {
    mechanism: scram(hash, false),
    server: { nonce: () => nonces[1] },
    client: { nonce: () => nonces[0], credentials: { user: "user", password: "pencil" } },
    secrets: { user: secret },
  };
}

test("SCRAM-SHA-1 (RFC 5802 §5)", () => {
  const talk = scramTalk("sha1", "QSXCR+Q6sek8bf92", ["fyko+d2lbbFgONRv9qkxdawL", "3rfcNHYJY1ZVvWVs7j"]);
  playMachines(
    talk,
    `C: n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL
     S: r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096
     C: c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=
     S: (success) v=rmF9pqV8S7suAoZWja4dJRkFsKQ=`,
  );
});

test("SCRAM-SHA-256 (RFC 7677 §3)", () => {
  const nonces = ["rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"] as const;
  playMachines(
    scramTalk("sha256", "W22ZaJ0SNY7soEsUEjb6gQ==", nonces),
    `C: n,,n=user,r=rOprNGfwEbeRWgbNEkqO
     S: r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096
     C: c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=
     S: (success) v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=`,
  );
});

test("PLAIN (RFC 4616 §4)", () => {
  const credentials = { user: "tim", password: "tanstaaftanstaaf" };
  playMachines({ mechanism: plain, client: { credentials } }, `C: \\x00tim\\x00tanstaaftanstaaf\nS: (success)`);
  const told = playServerMachine({ mechanism: plain }, "C: Ursel\\x00Kurt\\x00xipj3plmq\nS: (success)");
  assert.deepEqual(told, ["as Ursel"]);
  const wrong = { mechanism: plain, right: () => false, client: { credentials } };
  playMachines(wrong, `C: \\x00tim\\x00tanstaaftanstaaf\nS: (refused)`);
});

test("LOGIN asks for one thing at a time", () => {
  const talk = { mechanism: login, client: { credentials: { user: "tim", password: "tanstaaftanstaaf" } } };
  playMachines(talk, "S: Username:\nC: tim\nS: Password:\nC: tanstaaftanstaaf\nS: (success)");
  const told = playServerMachine(talk, "C: tim\nS: Password:\nC: tanstaaftanstaaf\nS: (success)");
  assert.deepEqual(told, [{ kind: "password", user: "tim", password: "tanstaaftanstaaf" }]);
});

test("EXTERNAL, with and without a wish (RFC 4422 §A)", () => {
  const certificate = Buffer.from("a certificate");
  const talk = { mechanism: external, server: { certificate } };
  playMachines(talk, "C:\nS: (success)");
  const asFred = { ...talk, client: { credentials: { authzid: "fred@example.com" } } };
  playMachines(asFred, "C: fred@example.com\nS: (success)");
  assert.deepEqual(playServerMachine(asFred, "C: fred@example.com\nS: (success)"), [
    { kind: "certificate", certificate, user: "fred@example.com" },
  ]);
});

test("ANONYMOUS (RFC 4505 §3)", () => {
  const talk = { mechanism: anonymous, client: { credentials: { anonymous: "sirhc" } } };
  playMachines(talk, "C: sirhc\nS: (success)");
  assert.deepEqual(playServerMachine(talk, "C: sirhc\nS: (success)"), [{ kind: "anonymous", trace: "sirhc" }]);
});

test("OAUTHBEARER (RFC 7628 §4.1)", () => {
  const token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
  const client = { credentials: { user: "user@example.com", token }, host: "server.example.com", port: 143 };
  const first = `C: n,a=user@example.com,\\x01host=server.example.com\\x01port=143\\x01auth=Bearer ${token}\\x01\\x01`;
  playMachines({ mechanism: oauthBearer, client }, `${first}\nS: (success)`);
  assert.deepEqual(playServerMachine({ mechanism: oauthBearer }, `${first}\nS: (success)`), [
    { kind: "bearer", token, user: "user@example.com" },
  ]);
});

test("OAUTHBEARER tells a client why its token is no good (RFC 7628 §4.3)", () => {
  const openidConfiguration = "https://example.com/.well-known/openid-configuration";
  const talk = {
    mechanism: oauthBearer,
    client: { credentials: { user: "user@example.com", token: "vF9dft4q" }, host: "server.example.com", port: 143 },
    server: { oauth: { scope: "example_scope", openidConfiguration } },
    right: () => false,
  };
  playMachines(
    talk,
    `C: n,a=user@example.com,\\x01host=server.example.com\\x01port=143\\x01auth=Bearer vF9dft4q\\x01\\x01
     S: {"status":"invalid_token","scope":"example_scope","openid-configuration":"${openidConfiguration}"}
     C: \\x01
     S: (refused)`,
  );
});

test("XOAUTH2, good and bad", () => {
  const client = { credentials: { user: "someuser@example.com", token: "ya29.vF9dft4q" } };
  const first = "C: user=someuser@example.com\\x01auth=Bearer ya29.vF9dft4q\\x01\\x01";
  playMachines({ mechanism: xoauth2, client }, `${first}\nS: (success)`);
  playMachines(
    { mechanism: xoauth2, client, right: () => false },
    `${first}\nS: {"status":"401","schemes":"bearer"}\nC:\nS: (refused)`,
  );
});

test("CRAM-MD5 (RFC 2195 §2)", () => {
  playMachines(
    {
      mechanism: cramMd5,
      server: { nonce: () => "1896", wallMs: 697_170_952, host: "postoffice.reston.mci.net" },
      client: { credentials: { user: "tim", password: "tanstaaftanstaaf" } },
      secrets: { tim: { kind: "plain", password: "tanstaaftanstaaf" } },
    },
    `S: <1896.697170952@postoffice.reston.mci.net>
     C: tim b913a602c7eda7a495b4e6e7334d3890
     S: (success)`,
  );
});

const chris: SaslTestTalk = {
  mechanism: digestMd5,
  server: { nonce: () => "OA6MG9tEQGm2hh", realm: "elwood.innosoft.com" },
  client: {
    nonce: () => "OA6MHXh6VqTrRk",
    host: "elwood.innosoft.com",
    credentials: { user: "chris", password: "secret" },
  },
  secrets: { chris: { kind: "plain", password: "secret" } },
};

test("DIGEST-MD5 (RFC 2831 §4)", () => {
  playMachines(
    chris,
    `S: realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8
     C: charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth
     S: (success) rspauth=ea40f60335c427b5527b84dbabcdfffd`,
  );
});

test("DIGEST-MD5 is as good with a hash in the place of the password", () => {
  const hash = "eb5a750053e4d2c34aa84bbc9b0b6ee7";
  const secret = { kind: "digest", algorithm: "MD5", realm: "elwood.innosoft.com", hash } as const;
  const told = playServerMachine(
    { ...chris, secrets: { chris: secret } },
    `S: realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8
     C: username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth
     S: (success) rspauth=ea40f60335c427b5527b84dbabcdfffd`,
  );
  assert.equal(told.length, 1);
});

test("APOP (RFC 1939 §7)", () => {
  playMachines(
    {
      mechanism: apop,
      server: { nonce: () => "1896", wallMs: 697_170_952, host: "dbc.mtview.ca.us" },
      client: { credentials: { user: "mrose", password: "tanstaaf" } },
      secrets: { mrose: { kind: "plain", password: "tanstaaf" } },
    },
    `S: <1896.697170952@dbc.mtview.ca.us>
     C: mrose c4c9334bac560ecc979e58001b3e22fb
     S: (success)`,
  );
});
