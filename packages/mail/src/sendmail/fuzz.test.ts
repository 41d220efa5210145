import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { SendmailExit } from "./exit.ts";
import { sendmailBench } from "./sendmail.test.kit.ts";

const pieces: readonly string[] = [
  ...'\r\n\0 \t:;,<>@"()\\.\xe4-',
  ...[
    "\r\n",
    "\n.\n",
    "\n\n",
    "To:",
    "Cc: ",
    "Bcc: a",
    "From: ",
    "From ",
    "Resent-To: ",
    "Received: x\n",
    "Subject: =?utf-8?B?4pyT?=\n",
  ],
  ...["root", "bob@example.net", '"a b"@example.net', "group: a, b;", "[192.0.2.1]", "x".repeat(300)],
];
const letters: readonly string[] = [
  ..."ABCFGILNORTUVbcdefhimnopqrstvx-",
  "root",
  "bob@example.net",
  "never",
  "HDRS",
  "em",
  "\xe4",
];

for (const seed of seeds({ count: 20 }))
  test(`whatever is written and said, sendmail never ends with a fault of ours (seed ${seed})`, async () => {
    const random = new SeededRandom(String(seed));
    const some = (from: readonly string[], most: number): string =>
      Array.from({ length: random.integer(0, most) }, () => from[random.integer(0, from.length - 1)]!).join("");
    const bench = sendmailBench();
    for (let i = 0; i < 30; i++) {
      const words = Array.from(
        { length: random.integer(0, 4) },
        () => `${random.integer(0, 3) === 0 ? "" : "-"}${some(letters, 3)}`,
      );
      const chosen = random.integer(0, 1) === 0 ? ["-t", "-i"] : ["-i", "bob", ...words];
      const { status, errors } = await bench.call(chosen, some(pieces, 30));
      const said = JSON.stringify({ chosen, errors });
      assert.ok(Object.values<number>(SendmailExit).includes(status), said);
      assert.ok(status !== SendmailExit.software && status !== SendmailExit.io, said);
      if (chosen[0] === "-t") assert.equal(status === 0, errors.length === 0, said); // others may have said -oem
    }
    for (const [index, mail] of bench.queue.mails.entries()) {
      assert.doesNotMatch(bench.queue.text(index), /(?:^|[^\r])\n|\r(?!\n)/);
      assert.doesNotMatch(bench.queue.text(index).split("\r\n\r\n", 1)[0]!, /^bcc/im);
      for (const { address } of mail.to) assert.match(address, /^[^\0-\x1f]+@[^\s@]+$/);
    }
  });

test("so it does with a header that has no end", async () => {
  const { status } = await sendmailBench().call(["x"], "a:\n".repeat(400_000));
  assert.equal(status, SendmailExit.data);
});
