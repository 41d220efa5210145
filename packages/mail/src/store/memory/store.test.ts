import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { memoryMail } from "./store.ts";

test("keeps messages, copies them, and tells everybody what happens", async () => {
  const store = memoryMail(memoryReactor());
  const account = await store.account("alice@example.org");
  const folder = await account.open("inbox");
  const heard: string[] = [];
  folder.onChange((change) => heard.push(change.type));
  const { uids } = await account.append("INBOX", [
    { content: [Buffer.from("Subject: Hi\r\n\r\nHello\r\n")], flags: ["\\seen"] },
  ]);
  assert.deepEqual(uids, [1]);
  assert.deepEqual([...folder.messages[0]!.flags], ["\\Seen"]);
  await account.create("a/b");
  assert.deepEqual((await account.copy(folder, [1, 2], "a/b")).uids, [[1, 1]]);
  await account.rename("a", "c");
  assert.equal((await account.status("c/b")).messageCount, 1);
  const { messages } = await folder.changeFlags([1], { operation: "add", flags: ["\\Deleted"] });
  assert.equal(messages[0]!.modSeq, folder.status.highestModSeq);
  assert.deepEqual(await folder.expunge([1]), [1]);
  assert.deepEqual(folder.expungedSince(1), [1]);
  assert.deepEqual(heard, ["added", "flags", "expunged"]);
});
