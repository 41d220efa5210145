import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { freePort, startPostfix } from "../../smtp/testing/postfix.test.kit.ts";
import {
  listening,
  needs,
  needsPython,
  run,
  ServerProgram,
  temporaryFolder,
} from "../../smtp/testing/programs.test.kit.ts";
import { diskMailQueueStore } from "../disk/store.ts";
import { mailQueue } from "../mail-queue.ts";
import type { MailQueue, MailTransport } from "../queue.ts";
import { tableResolver } from "../testing/table-resolver.test.kit.ts";
import { mxTransport } from "../transport/mx.ts";

const content = "Message-ID: <one@example.org>\r\nSubject: Hi\r\n\r\n.\r\nGr\u00fc\u00dfe\r\n";

/** A queue on a disk, that finds its way by the DNS to servers on a port of this machine. */
async function openQueue(context: TestContext, port: number): Promise<MailQueue> {
  const reactor = nodeReactor;
  const here = { A: ["127.0.0.1"] };
  const resolver = tableResolver({
    "mx.example.net": here,
    ...Object.fromEntries(["example.net", "example.org"].map((domain) => [domain, { MX: ["10 mx.example.net."] }])),
  });
  const transport: AsyncDisposable & MailTransport = mxTransport({
    ...{ reactor, resolver, port, name: "queue.example.org", isOwnAddress: () => false },
  });
  const folder = temporaryFolder(context);
  const times = { retryMs: [200], jitter: 0, pollMs: 100 };
  const store = await diskMailQueueStore(reactor, join(folder, "queue"));
  const queue = await mailQueue({ reactor, store, transport, times, name: "queue.example.org" });
  context.after(async () => {
    await queue.stop();
    await transport[Symbol.asyncDispose]();
  });
  return queue;
}

async function emptied(queue: MailQueue): Promise<void> {
  for (let attempts = 0; attempts < 200 && (await queue.list()).length > 0; attempts++)
    await nodeReactor.clock.sleep(50);
  assert.deepEqual(await queue.list(), []);
}

test("a queue sends through Postfix, over TLS, and knows that Postfix reports itself", async (context) => {
  const server = await startPostfix(context);
  if (server === undefined) return;
  const queue = await openQueue(context, server.port);
  const to = ["b@example.net", "c@example.net", "x@example.org"].map((address) => ({ address }));
  await queue.submit({ from: "zo\u00eb@example.net", to, content, envid: "one" });
  for (let i = 0; i < 20; i++) await queue.submit({ from: "a@example.net", to: [to[0]!], content });
  await emptied(queue);
  let came: readonly string[] = [];
  for (let attempts = 0; attempts < 200 && came.length < 23; attempts++) {
    await run("sleep", ["0.05"]);
    came = readdirSync(server.mail);
  }
  const texts = came.map((name) => readFileSync(join(server.mail, name), "utf8"));
  const reports = texts.filter((text) => text.includes("multipart/report"));
  assert.deepEqual([texts.length, reports.length], [23, 1]);
  assert.match(reports[0]!, /Final-Recipient: rfc822; x@example\.org\nAction: failed\nStatus: 5\.7\.1\n/);
  assert.match(reports[0]!, /Original-Envelope-Id: one\n/);
  assert.ok(texts.filter((text) => text.endsWith("\n\n.\nGr\u00fc\u00dfe\n")).length >= 22);
});

test("a queue waits for a server of aiosmtpd's, and Python's email reads its reports", async (context) => {
  if (!needsPython(context, "aiosmtpd")) return;
  const port = await freePort();
  const script = `
import asyncio, email, json
from email import policy
from aiosmtpd.smtp import SMTP
seen = {}
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        seen[address] = seen.get(address, 0) + 1
        if address.startswith("no"): return "550 5.1.1 No such user"
        if address.startswith("later") and seen[address] < 3: return "451 4.7.1 Try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        told = [envelope.mail_from, envelope.rcpt_tos, message["subject"], [p.get_content_type() for p in message.walk()]]
        if message.get_content_type() == "multipart/report":
            text, status, original = message.iter_parts()
            told += [message.get_param("report-type"), [dict(part.items()) for part in status.get_payload()], original.get_payload(0)["message-id"]]
        told.append([d.__class__.__name__ for p in message.walk() for d in p.defects])
        print(json.dumps(told), flush=True)
        return "250 OK"
async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True, loop=loop), "127.0.0.1", ${port})
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
`;
  const server = new ServerProgram(context, "/usr/bin/python3", ["-c", script]);
  await server.printed(/ready/);
  const queue = await openQueue(context, port);
  const to = ["yes@example.net", "later@example.net", "no1@example.net", "no2@example.net"].map((address) => ({
    address,
  }));
  await queue.submit({ from: "alice@example.org", to, content, ret: "FULL", envid: "one" });
  await emptied(queue);
  const lines = server.output.split("\n").filter((line) => line.startsWith("["));
  const told = lines.map((line) => JSON.parse(line) as unknown[]);
  const plain = told.filter((one) => one[0] === "alice@example.org").map((one) => one[1]);
  assert.deepEqual(plain, [["yes@example.net"], ["later@example.net"]]);
  assert.ok(
    told.every((one) => (one.at(-1) as unknown[]).length === 0),
    "Python finds no defect",
  );
  const [report] = told.filter((one) => one[0] !== "alice@example.org");
  const [, recipients, , types, kind, fields, original] = report as [
    string,
    string[],
    string,
    string[],
    string,
    Record<string, string>[],
    string,
  ];
  assert.deepEqual(recipients, ["alice@example.org"]);
  const parts = [
    "multipart/report",
    "text/plain",
    "message/delivery-status",
    "text/plain",
    "text/plain",
    "text/plain",
    "message/rfc822",
    "text/plain",
  ];
  assert.deepEqual([types, kind, original], [parts, "delivery-status", "<one@example.org>"]);
  assert.equal(fields[0]!["Reporting-MTA"], "dns; queue.example.org");
  assert.deepEqual(
    fields.slice(1).map((one) => [one["Final-Recipient"], one["Action"], one["Status"], one["Diagnostic-Code"]]),
    ["no1", "no2"].map((local) => [`rfc822; ${local}@example.net`, "failed", "5.1.1", "smtp; 550 5.1.1 No such user"]),
  );
});

test("a queue sends many messages to smtp-sink", async (context) => {
  if (!needs(context, "smtp-sink")) return;
  const folder = temporaryFolder(context);
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ["-u", "root"] : [];
  new ServerProgram(context, "smtp-sink", [...user, "-D", join(folder, "dump"), `127.0.0.1:${port}`, "100"]);
  await listening(port);
  const queue = await openQueue(context, port);
  await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      queue.submit({ from: "a@example.org", to: [{ address: `u${i}@example.net` }], content }),
    ),
  );
  await emptied(queue);
  const dump = readFileSync(join(folder, "dump"), "utf8");
  assert.equal(dump.match(/Gr\u00fc\u00dfe/g)?.length, 300);
});
