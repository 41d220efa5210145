import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collectForm, encodeMultipartForm, type HttpFormEntry, type MultipartFormPart, readForm } from "./index.ts";

const TYPE = "multipart/form-data; boundary=b";

describe("readForm", () => {
  test("gives fields and files as they come", async () => {
    const body = form(
      { name: "title", content: "Holiday" },
      { name: "photo", filename: "a.png", contentType: "image/png", content: "PNG" },
      { name: "title", content: "again" },
    );
    const seen: string[] = [];
    for await (const entry of readForm(body, TYPE)) {
      seen.push(
        entry.type === "field" ? `${entry.name}=${entry.value}` : `${entry.filename}: ${await text(entry.content)}`,
      );
    }
    assert.deepEqual(seen, ["title=Holiday", "a.png: PNG", "title=again"]);
  });

  test("a file that is not read, or only begun, is skipped", async () => {
    const body = form(
      { name: "a", filename: "a", content: "x".repeat(100) },
      { name: "b", filename: "b", content: "y".repeat(100) },
      { name: "c", content: "end" },
    );
    const entries = readForm(body, TYPE);
    await entries.next();
    const second = (await entries.next()).value as Extract<HttpFormEntry, { type: "file" }>;
    const content = second.content[Symbol.asyncIterator]();
    assert.equal((await content.next()).done, false);
    assert.deepEqual((await entries.next()).value, { type: "field", name: "c", value: "end" });
    assert.equal((await content.next()).done, true);
  });

  test("does not read ahead of its reader, and closes the body when it is left", async () => {
    let pulled = 0;
    let closed = false;
    async function* body() {
      try {
        for await (const chunk of form({ name: "a", filename: "a", content: "x".repeat(1000) })) {
          pulled++;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    }
    for await (const entry of readForm(body(), TYPE)) {
      const before = pulled;
      if (entry.type === "file") for await (const _ of entry.content) break;
      assert.ok(pulled <= before + 1);
      break;
    }
    assert.ok(closed);
  });

  test("reads urlencoded forms too", async () => {
    const entries: HttpFormEntry[] = [];
    for await (const entry of readForm(
      chunks(Buffer.from("a=1&b=%C3%BC")),
      "application/x-www-form-urlencoded;charset=UTF-8",
    )) {
      entries.push(entry);
    }
    assert.deepEqual(entries, [
      { type: "field", name: "a", value: "1" },
      { type: "field", name: "b", value: "ü" },
    ]);
  });

  test("decodes text in the charset of the part, or of the form (RFC 7578 §4.5, §4.6)", async () => {
    const latin1 = Buffer.from("ü", "latin1");
    const collected = await collectForm(
      form(
        { name: "a", content: "ü" },
        { name: "b", contentType: "text/plain; charset=iso-8859-1", content: latin1 },
        { name: "_charset_", content: "iso-8859-1" },
        { name: "c", content: latin1 },
        { name: "d", contentType: "text/plain; charset=nonsense", content: "ü" },
      ),
      TYPE,
    );
    assert.deepEqual(
      ["a", "b", "c", "d"].map((name) => collected.get(name)),
      ["ü", "ü", "ü", "ü"],
    );
  });

  test("anything but a form is unsupported", async () => {
    for (const type of [undefined, "", "text/plain", "multipart/mixed; boundary=b"]) {
      await assert.rejects(collectForm(form(), type), { name: "HttpFormError", code: "unsupported" });
    }
    await assert.rejects(collectForm(form(), "multipart/form-data"), { code: "malformed" });
  });

  test("aborting ends a wait for octets that never come", async () => {
    const controller = new AbortController();
    const silent: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const reading = collectForm(silent, TYPE, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(reading, /enough/);
  });

  test("two pulls at once are refused", async () => {
    const entries = readForm(form({ name: "a", filename: "a", content: "x" }), TYPE);
    const file = (await entries.next()).value as Extract<HttpFormEntry, { type: "file" }>;
    const reading = text(file.content);
    await assert.rejects(entries.next(), { name: "StateError" });
    await reading;
  });
});

describe("collectForm", () => {
  test("keeps a small form in memory", async () => {
    const collected = await collectForm(
      form(
        { name: "a", content: "1" },
        { name: "a", content: "2" },
        { name: "f", filename: "x.bin", content: Buffer.of(0, 255) },
      ),
      TYPE,
    );
    assert.deepEqual(collected.getAll("a"), ["1", "2"]);
    assert.deepEqual(collected.names(), ["a"]);
    assert.equal(collected.get("f"), undefined);
    assert.deepEqual(collected.file("f"), {
      name: "f",
      filename: "x.bin",
      contentType: "application/octet-stream",
      content: Buffer.of(0, 255),
    });
  });

  test("more than fits into memory is too large", async () => {
    const parts = [{ name: "a", filename: "a", content: "x".repeat(100) }];
    await assert.rejects(collectForm(form(...parts), TYPE, { memoryOctetsMax: 99 }), { code: "too-large" });
    assert.equal((await collectForm(form(...parts), TYPE, { memoryOctetsMax: 100 })).files.length, 1);
  });
});

/** A form in chunks of seven octets. */
function form(...parts: MultipartFormPart[]): AsyncIterable<Uint8Array> {
  return chunks(Buffer.concat([...encodeMultipartForm(parts, "b")]));
}

async function* chunks(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += 7) yield octets.subarray(at, at + 7);
}

async function text(content: AsyncIterable<Uint8Array>): Promise<string> {
  let all = "";
  for await (const chunk of content) all += Buffer.from(chunk).toString("latin1");
  return all;
}
