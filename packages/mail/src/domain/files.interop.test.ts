import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { file, needs, run, temporaryFolder } from "../smtp/testing/programs.test.kit.ts";
import { parseMailAliases } from "./aliases/parse.ts";
import { deliverToFile } from "./delivery/mbox-file.ts";

/** What every reader of aliases(5) agrees about. */
const aliases = `# Who gets what.
postmaster:	root
Root: alice, bob@example.net

team : alice , bob,
	carol
  # in between
  , dave@example.org

tickets: "|/usr/bin/tickets --new \\"a b\\"", alice
archive: /var/mail/archive
list: :include:/etc/mail/list, "/var/mail/with space"
owner-list: alice
"john doe": john
UPPER: lower
`;

test("Postfix finds under each name what we find", async (context) => {
  if (!needs(context, "postalias")) return;
  const folder = temporaryFolder(context);
  file(folder, "main.cf", "compatibility_level = 3.6\n");
  const path = file(folder, "aliases", aliases);
  const made = await run("postalias", ["-c", folder, `hash:${path}`]);
  assert.equal(made.status, 0, made.output);
  const { aliases: ours, problems } = parseMailAliases(aliases, path);
  assert.deepEqual(problems, []);
  const names = (await run("postmap", ["-c", folder, "-s", `hash:${path}`])).output
    .split("\n")
    .map((line) => line.split("\t")[0]!);
  const theirs = names.filter((name) => name !== "" && name !== "@" && !name.startsWith("YP_"));
  assert.deepEqual([...ours.keys()].sort(), theirs.sort());
  for (const [name, { targets }] of ours) {
    const { output } = await run("postmap", ["-c", folder, "-q", name, `hash:${path}`]);
    const again = parseMailAliases(`x: ${output}`);
    assert.deepEqual(again.aliases.get("x")?.targets, targets, `${name}: ${output}`);
  }
});

test("what Postfix takes for no alias, we take for none", async (context) => {
  if (!needs(context, "postalias")) return;
  const folder = temporaryFolder(context);
  file(folder, "main.cf", "compatibility_level = 3.6\n");
  for (const line of ["alice", "alice:", ": bob", 'm "x y"', "a: b\na: c", "  a: b"]) {
    const path = file(folder, "aliases", `${line}\n`);
    const { output } = await run("postalias", ["-c", folder, `hash:${path}`]);
    assert.match(output, /warning/, line);
    assert.equal(parseMailAliases(`${line}\n`).problems.length, 1, line);
  }
});

test("Python reads the file of an alias as an mbox, and its lock keeps us out", async (context) => {
  if (!needs(context, "python3")) return;
  const folder = temporaryFolder(context);
  const path = `${folder}/box`;
  const deliver = async (from: string, text: string) => {
    const content = async function* () {
      yield Buffer.from(text);
    };
    assert.deepEqual(await deliverToFile(nodeReactor, { path, from, content: content() }), { outcome: "delivered" });
  };
  await deliver("carol@far.example", "Subject: one\n\n>From here\n\nFrom the end\n".replace("\nFrom", "\n>From"));
  await deliver("", "Subject: two\n\nHi\n");
  const reading =
    "import mailbox,sys\nfor m in mailbox.mbox(sys.argv[1], create=False): print(m.get_from().split()[0], m['Subject'], len(m.get_payload()))";
  assert.equal(
    (await run("/usr/bin/python3", ["-c", reading, path])).output,
    "carol@far.example one 26\nMAILER-DAEMON two 3\n",
  );
  const holding =
    "import mailbox,sys,time\nb = mailbox.mbox(sys.argv[1]); b.lock(); print(len(b)); time.sleep(1); b.add('Subject: three\\n\\nHi\\n'); b.flush(); b.unlock()";
  const held = run("/usr/bin/python3", ["-c", holding, path]);
  while ((await readFile(`${path}.lock`).catch(() => undefined)) === undefined) await run("sleep", ["0.02"]);
  await deliver("dave@far.example", "Subject: four\n\nHi\n");
  assert.equal((await held).status, 0);
  assert.match((await run("/usr/bin/python3", ["-c", reading, path])).output, /three \d+\ndave@far\.example four 3\n$/);
});
