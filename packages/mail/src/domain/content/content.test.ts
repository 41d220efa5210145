import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { splitMessage } from "../../sender/split-message.ts";
import { splitMail } from "./split-mail.ts";
import { unixLines } from "./unix-lines.ts";

const pieces = [
  "A: b",
  "\r\n",
  "\r\n",
  "\n",
  "\r",
  "From x",
  ">From y",
  ">>From ",
  " fold",
  "",
  "é",
  "x".repeat(1_200),
];

function randomText(random: SeededRandom): string {
  return Array.from({ length: random.integer(0, 30) }, () => pieces[random.integer(0, pieces.length)]).join("");
}

async function* cut(octets: Buffer, random: SeededRandom): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; ) {
    const end = at + random.integer(1, random.number() < 0.5 ? 4 : 2_000);
    yield octets.subarray(at, end);
    at = end;
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

for (const seed of seeds({ count: 100, soakCount: 10_000 }))
  test(`a message is parted, and its lines are turned, however it is cut, with seed ${seed}`, async () => {
    const random = new SeededRandom(String(seed));
    const octets = Buffer.from(randomText(random));
    const { header, body } = await splitMail(cut(octets, random));
    const expected = splitMessage(octets);
    assert.deepEqual(header.fields, expected.header.fields);
    assert.equal(await whole(body), Buffer.from(expected.body).toString());
    for (const quotesFrom of [false, true]) {
      const text = octets.toString().replaceAll("\r\n", "\n").replace(/\r$/, "\n");
      const lines = text.split("\n").map((line) => (quotesFrom && /^>*From /.test(line) ? `>${line}` : line));
      const turned = lines.join("\n");
      assert.equal(
        await whole(unixLines(cut(octets, random), { quotesFrom })),
        turned === "" || turned.endsWith("\n") ? turned : `${turned}\n`,
      );
    }
  });

test("a source is let go of when its header is refused, or nobody wants the body", async () => {
  let ended = 0;
  async function* source(text: string): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from(text);
    } finally {
      ended += 1;
    }
  }
  await assert.rejects(splitMail(source("X: y\r\n")), { code: 552 });
  const { drop } = await splitMail(source("\r\n"));
  await drop();
  const { body } = await splitMail(source("\r\nx"));
  for await (const _ of body) break;
  assert.equal(ended, 3);
});
