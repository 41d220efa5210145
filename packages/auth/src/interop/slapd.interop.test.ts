import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { selfSignedCertificate } from "@hawser/core/testing";
import { type LdapUsersOptions, ldapUsers } from "../checkers/ldap.ts";
import { LdapDirectory } from "../ldap/directory.ts";
import { from, password } from "../testing/login.test-kit.ts";
import { needs, run, start, temporaryFolder } from "./programs.test-kit.ts";

test("the users of OpenLDAP's slapd log in, by template and by search, with TLS", async (context) => {
  process.env["PATH"] += ":/usr/sbin";
  if (!needs(context, "slapd", "slapadd")) return;
  const { url, ca } = await startSlapd(context);
  const common = { url, ca, tls: "starttls" } as const;
  const base = "ou=people,dc=example,dc=org";
  const ways: readonly LdapUsersOptions[] = [
    { ...common, base },
    {
      ...common,
      base,
      filter: "(|(uid={user})(mail={user}))",
      bindDn: "cn=admin,dc=example,dc=org",
      bindPassword: async () => "admin",
    },
    { ...common, dn: `uid={user},${base}` },
  ];
  for (const [at, options] of ways.entries()) {
    const users = ldapUsers(options);
    const check = (user: string, text: string) => users.check(password(user, text), from("192.0.2.1"));
    const verdict = await check("alice", "grüße");
    assert.deepEqual(verdict, {
      type: "accepted",
      user: { name: "alice", groups: ["staff"], attributes: { mail: "alice@example.org", cn: "Alice Example" } },
    });
    const wrong = options.dn === undefined ? "rejected" : "unknown"; // a template does not tell one from the other
    assert.equal((await check("alice", "wrong")).type, wrong, `way ${at}`);
    for (const user of ["eve", "*", "al*", "alice)(uid=*", "alice,ou=people", "alice\\", "alice+cn=x"])
      assert.equal((await check(user, "grüße")).type, "unknown", `${user} way ${at}`);
    assert.equal((await check("alice", "")).type, "unknown");
    assert.equal((await check("O'Brien, Bob (#1)", "secret")).type, "accepted", `way ${at}`);
    await assert.rejects(
      () =>
        ldapUsers({ ...options, ca: selfSignedCertificate().certificate }).check(
          password("alice", "grüße"),
          from("192.0.2.1"),
        ),
      /self.signed|certificate/i,
    );
  }
  await using directory = await LdapDirectory.connect({ url, tls: "none" });
  assert.equal(await directory.bind(`uid=alice,${base}`, ""), "wrong", "an empty password would be an anonymous bind");
  await assert.rejects(
    ldapUsers({ ...common, base, bindDn: "cn=admin,dc=example,dc=org", bindPassword: "x" }).check(
      password("alice", "grüße"),
      from("192.0.2.1"),
    ),
    { code: "temporary" },
  );
});

async function startSlapd(context: TestContext): Promise<{ readonly url: string; readonly ca: string }> {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "db"));
  const { certificate, key } = selfSignedCertificate();
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const conf = file("slapd.conf", configuration(folder, file("cert.pem", certificate), file("key.pem", key)));
  run("slapadd", ["-f", conf, "-l", file("entries.ldif", entries)]);
  const url = `ldap://127.0.0.1:${await freePort()}`;
  start(context, "slapd", ["-f", conf, "-h", url, "-d", "0"]);
  for (let tries = 0; tries < 100; tries++) {
    try {
      await using _directory = await LdapDirectory.connect({ url, tls: "starttls", ca: certificate });
      return { url, ca: certificate };
    } catch {
      await sleep(100);
    }
  }
  throw new Error("slapd does not answer");
}

function configuration(folder: string, certificate: string, key: string): string {
  const schemas = ["core", "cosine", "inetorgperson"].map((name) => `include /etc/ldap/schema/${name}.schema`);
  return [
    ...schemas,
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    "moduleload memberof",
    `pidfile ${folder}/slapd.pid`,
    `TLSCertificateFile ${certificate}`,
    `TLSCertificateKeyFile ${key}`,
    "database mdb",
    'suffix "dc=example,dc=org"',
    'rootdn "cn=admin,dc=example,dc=org"',
    "rootpw admin",
    `directory ${folder}/db`,
    "access to attrs=userPassword by anonymous auth by * none",
    "access to * by * read",
    "",
  ].join("\n");
}

const entries = `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: alice
cn: Alice Example
sn: Example
mail: alice@example.org
memberOf: cn=staff,ou=groups,dc=example,dc=org
userPassword:: ${Buffer.from("grüße").toString("base64")}

dn: uid=O'Brien\\, Bob (\\#1),ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: O'Brien, Bob (#1)
cn: Bob
sn: O'Brien
userPassword: secret
`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
