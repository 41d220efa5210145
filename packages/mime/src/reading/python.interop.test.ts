import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { composeMessage, type MailDraft } from "../compose/message.ts";
import { readMessage } from "./message.ts";

/** Debian's Python. */
const python = "/usr/bin/python3";
const missing = spawnSync(python, ["--version"]).status === 0 ? false : "python3 is not installed";
const seed = Number(process.env["HAWSER_SEED"] ?? 1);
const numRuns = process.env["HAWSER_SOAK"] === "1" ? 5_000 : 150;

/** Tells what Python's email package makes of messages, one in base64 a line. */
const reads = `
import base64, email, email.policy, json, sys
for line in sys.stdin:
    m = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
    body = m.get_body(("plain",))
    print(json.dumps({
        "subject": m["subject"],
        "from": [[a.display_name, a.username, a.domain] for a in m["from"].addresses],
        "text": body.get_content() if body else None,
        "files": [[a.get_filename(), base64.b64encode(a.get_payload(decode=True)).decode()] for a in m.iter_attachments()],
        "defects": [str(d) for p in m.walk() for d in p.defects],
    }))
`;

/** Writes messages with Python's email package, of one draft in JSON a line. */
const writes = `
import base64, json, sys
from email.message import EmailMessage
from email.headerregistry import Address
for line in sys.stdin:
    d = json.loads(line)
    m = EmailMessage()
    m["From"] = Address(d["name"], "joe", "example.org")
    m["Subject"] = d["subject"]
    m.set_content(d["text"])
    for name, content in d["files"]:
        m.add_attachment(base64.b64decode(content), maintype="application", subtype="octet-stream", filename=name)
    print(base64.b64encode(m.as_bytes(policy=m.policy.clone(linesep="\\r\\n"))).decode())
`;

function run(program: string, lines: readonly string[]): readonly string[] {
  const { stdout, stderr } = spawnSync(python, ["-c", program], {
    input: lines.join("\n"),
    maxBuffer: 1e9,
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}

const word = fc.string({
  unit: fc.constantFrom("a", "B", "é", "日", "😀", " ", '"', ",", "(", "ß".repeat(9)),
  minLength: 1,
  maxLength: 40,
});
const name = word.map((text) => `x${text}x`.replaceAll(/ +/g, " "));
const text = fc.string({ unit: fc.constantFrom("line", "é", "\n", "=", ".", " x", "y".repeat(90)), maxLength: 50 });
const files = fc.array(fc.record({ filename: name, content: fc.uint8Array({ maxLength: 200 }) }), { maxLength: 2 });
/** Python 3.11 takes the space between two encoded words of a name for a space of the name, so names fit into one. */
const shortName = name.filter((text) => Buffer.byteLength(text) < 30);
const drafts = fc.sample(fc.record({ name: shortName, subject: name, text, files }), { seed, numRuns });

describe("Python's email package", { skip: missing }, () => {
  test("reads what we write, without a defect", () => {
    const messages = drafts.map(({ name: called, files: attachments, ...rest }) => {
      const draft: MailDraft = {
        ...rest,
        attachments,
        from: { type: "mailbox", name: called, localPart: "joe", domain: "example.org" },
      };
      let drawn = 0;
      return composeMessage(draft, { now: 0, random: { bytes: (count) => Buffer.alloc(count, String(++drawn)) } });
    });
    const answers = run(
      reads,
      messages.map((octets) => Buffer.from(octets).toString("base64")),
    );
    for (const [i, answer] of answers.entries()) {
      const { name: called, subject, text: written, files: attachments } = drafts[i]!;
      const read = JSON.parse(answer);
      assert.deepEqual(read.defects, []);
      assert.equal(read.subject, subject);
      assert.deepEqual(read.from, [[called, "joe", "example.org"]]);
      assert.equal(read.text.replaceAll("\r\n", "\n").replace(/\n$/, ""), written.replace(/\n$/, ""));
      assert.deepEqual(
        read.files,
        attachments.map(({ filename, content }) => [filename, Buffer.from(content).toString("base64")]),
      );
    }
  });

  test("is read by us", () => {
    const lines = drafts.map((draft) =>
      JSON.stringify({
        ...draft,
        files: draft.files.map((one) => [one.filename, Buffer.from(one.content).toString("base64")]),
      }),
    );
    for (const [i, line] of run(writes, lines).entries()) {
      const { name: called, subject, text: written, files: attachments } = drafts[i]!;
      const read = readMessage(Buffer.from(line, "base64"));
      assert.equal(read.subject, subject);
      assert.deepEqual(read.from, [{ type: "mailbox", name: called, localPart: "joe", domain: "example.org" }]);
      assert.equal(read.text!.replaceAll("\r\n", "\n").replace(/\n$/, ""), written.replace(/\n$/, ""));
      assert.deepEqual(
        read.attachments.map((one) => [one.filename, [...one.content()]]),
        attachments.map((one) => [one.filename, [...one.content]]),
      );
    }
  });
});
