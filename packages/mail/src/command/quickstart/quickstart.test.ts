import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { usersFile } from "@hawser/auth";
import { type Terminal, UsageError } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { dkimDnsRecord } from "../../sender/dkim/keys.ts";
import { parseFirstUser } from "./plan.ts";
import { mailQuickstartTool } from "./quickstart-tool.ts";

type Reactor = ReturnType<typeof memoryReactor>;

async function quickstart(reactor: Reactor, given: Readonly<Record<string, unknown>>): Promise<string> {
  const lines: string[] = [];
  const terminal = { print: (line: string) => void lines.push(line) } as Partial<Terminal> as Terminal;
  const values = { address: [], tryOut: false, user: parseFirstUser("alice@example.org"), ...given };
  const status = await mailQuickstartTool.run(values, { reactor, terminal, signal: new AbortController().signal });
  assert.equal(status, 0);
  return lines.join("\n");
}

describe("hawser mail quickstart", () => {
  test("makes a folder with all that a domain needs, and tells the password once", async () => {
    const reactor = memoryReactor();
    const said = await quickstart(reactor, { address: ["192.0.2.1"] });
    const tree = reactor.files("example.org");
    const read = async (name: string) => Buffer.from(await tree.readFile(name)).toString();
    const [, password = ""] = /^user alice@example\.org, password (\S{23}) /m.exec(said) ?? [];
    const verdict = await usersFile("example.org/users", { reactor }).check(
      { kind: "password", user: "alice@example.org", password },
      { protocol: "imap", peer: undefined },
    );
    assert.equal(verdict.type, "accepted");
    assert.match(await read("aliases"), /^postmaster: alice@example\.org\nabuse: .*\n.*\n.*\n.*\nroot: /m);
    assert.match(await read("hawser.config.ts"), /domain: \{ "example\.org": "mail" \}/);
    assert.match(
      await read("hawser.config.ts"),
      /tlsKey: \["\/etc\/letsencrypt\/live\/mail\.example\.org\/privkey\.pem"\]/,
    );
    for (const type of ["rsa", "ed25519"]) {
      const name = (await tree.list("dkim")).find((file) => file.name.startsWith(type))!;
      assert.equal(name.mode, 0o600);
      const selector = name.name.replace(/\.pem$/, "");
      const { text } = dkimDnsRecord({ domain: "example.org", selector, privateKey: await read(`dkim/${name.name}`) });
      assert.ok(said.includes(`${selector}._domainkey.example.org. IN TXT "${text.slice(0, 200)}`), said);
    }
    assert.ok(said.includes("example.org. IN MX 10 mail.example.org."), said);
    assert.ok(said.includes(await read("records.zone")), "the records are kept");
  });

  test("refuses to overwrite anything", async () => {
    for (const name of ["hawser.config.ts", "hawser.config.toml", "users", "aliases", "dkim", "records.zone"]) {
      const reactor = memoryReactor();
      await reactor.files("").makeDirectory("example.org");
      const tree = reactor.files("example.org");
      await (name === "dkim" ? tree.makeDirectory(name) : tree.writeFile(name, "mine"));
      await assert.rejects(
        quickstart(reactor, {}),
        (error: unknown) => error instanceof UsageError && error.message.includes(`"example.org/${name}": it is there`),
      );
      assert.deepEqual(
        (await tree.list("")).map((file) => file.name),
        [name],
      );
    }
  });

  test("fills the folder that is named, and the present one", async () => {
    const reactor = memoryReactor();
    await quickstart(reactor, { dir: "post/", tryOut: true });
    const config = Buffer.from(await reactor.files("post").readFile("hawser.config.ts")).toString();
    assert.match(config, /localOnly: true/);
    assert.doesNotMatch(config, /tlsCert/);
    await quickstart(reactor, { dir: "." });
    assert.ok((await reactor.files("").list("")).some(({ name }) => name === "aliases"));
  });

  test("takes names that any system takes", () => {
    assert.deepEqual(parseFirstUser("Example.ORG"), { user: "admin@example.org", domain: "example.org" });
    for (const text of [
      "",
      "alice@",
      "a b@example.org",
      "../x@example.org",
      "a/b@example.org",
      "ALICE@example.org",
      "x@y",
    ])
      assert.throws(() => parseFirstUser(text), UsageError, text);
  });
});
