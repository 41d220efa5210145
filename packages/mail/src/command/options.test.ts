import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { mailEndpoints } from "./endpoints.ts";
import { requireMailFiles } from "./files.ts";
import { givenMail } from "./given.test.kit.ts";
import { mailCommand } from "./mail-command.ts";
import { domainMailboxes } from "./mailboxes.ts";
import { makeNamedFolder } from "./named-files.ts";
import type { MailCommandValues } from "./options.ts";
import { requireMailSense } from "./sense.ts";
import { parseCatchAll, parseDkimKey, parseMailDomain, parseOctets, parseRelay } from "./spelling.ts";

const usage = (message: RegExp) => (error: unknown) => error instanceof UsageError && message.test(error.message);

describe("the options of hawser mail", () => {
  test("read domains, catch-alls, keys, sizes and relays as people write them", () => {
    assert.deepEqual(parseMailDomain("Example.ORG"), ["example.org", "mail/example.org"]);
    assert.deepEqual(parseMailDomain("bücher.example=/var/mail"), ["xn--bcher-kva.example", "/var/mail"]);
    assert.deepEqual(parseCatchAll("alice@example.org"), ["", "alice@example.org"]);
    assert.deepEqual(parseCatchAll("example.org=alice"), ["example.org", "alice"]);
    assert.deepEqual(parseDkimKey("rsa-2026=dkim/rsa.pem"), ["rsa-2026", "dkim/rsa.pem"]);
    assert.deepEqual(["1", "10K", "50M", "2G", "1GiB"].map(parseOctets), [1, 10_240, 52_428_800, 2 ** 31, 2 ** 30]);
    assert.equal(parseRelay("smtp.example.net"), "tcp:smtp.example.net:587");
    assert.equal(parseRelay("smtp.example.net:25"), "tcp:smtp.example.net:25");
    assert.equal(parseRelay("[2001:db8::1]:25"), "tcp:2001\\:db8\\:\\:1:25");
    assert.equal(parseRelay("tls:smtp.example.net:465"), "tls:smtp.example.net:465");
    const refused: readonly (readonly [(text: string) => unknown, string])[] = [
      ...["", "localhost", "a b.example", "example.org="].map((text) => [parseMailDomain, text] as const),
      ...["", "example.org=", "a b"].map((text) => [parseCatchAll, text] as const),
      ...["", "=x", "a/b=c", "selector="].map((text) => [parseDkimKey, text] as const),
      ...["", "0", "-1", "1.5G", "9999999T", "ten"].map((text) => [parseOctets, text] as const),
      ...["", "host:0", "host:99999", "what:ever:it:is"].map((text) => [parseRelay, text] as const),
    ];
    for (const [parse, text] of refused) assert.throws(() => parse(text), UsageError, `${parse.name} ${text}`);
  });

  test("listen on this machine without a certificate, and on the ports that everybody knows with one", () => {
    const shown = (given: Partial<MailCommandValues>) =>
      mailEndpoints(givenMail(given)).map(({ protocol, endpoint, isSecure }) => `${protocol} ${endpoint} ${isSecure}`);
    assert.deepEqual(shown({}), [
      "smtp tcp:127.0.0.1:2525 false",
      "submission tcp:127.0.0.1:2587 false",
      "pop3 tcp:127.0.0.1:1110 false",
      "imap tcp:127.0.0.1:1143 false",
    ]);
    assert.deepEqual(shown({ tlsCert: ["mail.pem"], tlsKey: ["mail.key"] }), [
      "smtp tcp:25 false",
      "submission tcp:587 false",
      "submission tls:465:cert=mail.pem:key=mail.key true",
      "pop3 tcp:110 false",
      "pop3 tls:995:cert=mail.pem:key=mail.key true",
      "imap tcp:143 false",
      "imap tls:993:cert=mail.pem:key=mail.key true",
    ]);
    assert.deepEqual(shown({ tlsCert: ["a.pem"], imap: ["proxy:tls:993", "tls:994:cert=b.pem"] }), [
      "imap proxy:tls:993:cert=a.pem true",
      "imap tls:994:cert=b.pem true",
    ]);
    assert.throws(() => shown({ imap: ["tls:993"] }), usage(/needs a certificate: add --tls-cert/));
    assert.throws(() => shown({ imap: ["nonsense:1"] }), UsageError);
  });

  test("must make sense together", () => {
    const wrong: readonly (readonly [Partial<MailCommandValues>, RegExp])[] = [
      [{ domain: [] }, /there is no domain: add --domain/],
      [{ domain: [parseMailDomain("a.example"), parseMailDomain("A.example=x")] }, /"a.example" is named twice/],
      [{ domain: [parseMailDomain("a.example=x"), parseMailDomain("b.example=x")] }, /folder "x" is named twice/],
      [{ domainAlias: [["example.net", "b.example"]] }, /"b.example" is no --domain/],
      [{ domainAlias: [["example.org", "example.org"]] }, /"example.org" is named twice/],
      [{ catchAll: [["b.example", "x"]] }, /"b.example" is no --domain/],
      [
        {
          catchAll: [
            ["", "x"],
            ["example.org", "y"],
          ],
        },
        /catch-all "example.org" is named twice/,
      ],
      [{ tlsKey: ["a.key"] }, /--tls-key: there are 1 for 0/],
      [{ relay: "tcp:a:1", localOnly: true }, /exclude each other/],
      [{ relayUser: "a", relayPassword: "b" }, /--relay-user needs --relay/],
      [{ relay: "tcp:a:1", relayUser: "a" }, /need each other/],
    ];
    for (const [given, message] of wrong)
      assert.throws(() => requireMailSense(givenMail(given), { kind: "node" }), usage(message));
    assert.throws(() => requireMailSense(givenMail({}), { kind: "cluster" }), usage(/needs one process/));
    requireMailSense(givenMail({ nameServer: ["127.0.0.1#5300", "2001:db8::1"] }), { kind: "node" });
  });

  test("name files that can be used", async () => {
    const reactor = memoryReactor();
    await reactor.files("").writeFile("aliases", "team alice\n");
    await reactor.files("").writeFile("key", "no key\n");
    const wrong: readonly (readonly [Partial<MailCommandValues>, RegExp])[] = [
      [{ aliases: ["none"] }, /"none"/],
      [{ aliases: ["aliases"] }, /"aliases", line 1: a colon must follow/],
      [{ dkim: [["a", "none"]] }, /cannot sign with "none": no such file/],
      [{ dkim: [["a", "key"]] }, /cannot sign with "key": .*no private key/],
      [{ nameServer: ["192.0.2.1#x"] }, /--name-server: .*192\.0\.2\.1#x/],
      [{ tlsCert: ["none"] }, /cannot use the certificate "none": no such file/],
    ];
    for (const [given, message] of wrong)
      await assert.rejects(requireMailFiles(givenMail(given), reactor), usage(message));
    for (const [auth, message] of [
      ["file:none", /--auth: .*none/],
      ["nothing:at:all", /there is no kind "nothing"/],
    ] as const)
      await assert.rejects(mailCommand.preview!(givenMail({ auth: [auth] }), { reactor }), usage(message));
    await reactor.files("").writeFile("aliases", "team: alice\n");
    await requireMailFiles(givenMail({ aliases: ["aliases"] }), reactor);
  });
});

describe("domainMailboxes", () => {
  test("keeps the mailboxes of each domain in a folder of its own", async () => {
    const reactor = memoryReactor();
    const folders = ["mail/org", "/var/net"];
    for (const folder of folders) await makeNamedFolder(reactor, folder);
    await using mail = domainMailboxes({
      reactor,
      domains: [
        ["example.org", "mail/org"],
        ["example.net", "/var/net"],
      ],
    });
    await mail.account("alice@example.org");
    await mail.account("Bob@Example.net");
    assert.equal((await reactor.files("mail/org").stat("alice/cur")).kind, "directory");
    assert.equal((await reactor.files("/var/net").stat("bob/new")).kind, "directory");
    assert.ok(await mail.has("Alice@example.org"));
    for (const address of ["bob@example.org", "alice@example.com", "../org@example.org", "alice", ".@example.org"])
      assert.ok(!(await mail.has(address)), address);
    for (const address of ["alice@example.com", "alice", "../x@example.org", "@example.org"])
      await assert.rejects(mail.account(address), { code: "no-account" }, address);
  });
});
