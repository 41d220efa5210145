import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { acceptEncodingField } from "../fields/index.ts";
import {
  chooseCompression,
  compressStream,
  decodeContent,
  decodeStream,
  httpContentCodings,
  isCompressibleType,
  weakenEntityTag,
} from "./index.ts";

const text = Buffer.from("All hands on deck. ".repeat(2000));

describe("content codings", () => {
  for (const coding of httpContentCodings.values()) {
    const { name } = coding;
    test(`${name} is undone, whole and as a stream`, async () => {
      const small = coding.compress(text);
      assert.ok(small.length < text.length / 10);
      assert.deepEqual(Buffer.from(decodeContent(small, [name])), text);
      assert.deepEqual(await collect(decodeStream(chunks(small, 7), [name])), text);
      assert.deepEqual(await collect(decodeStream(compressStream(chunks(text, 1000), name), [name])), text);
    });

    test(`${name} gives each chunk at once when it is to flush`, async () => {
      let ask: (() => void) | undefined;
      async function* events() {
        yield Buffer.from("data: 1\n\n");
        await new Promise<void>((resolve) => (ask = resolve));
        yield Buffer.from("data: 2\n\n");
      }
      const decoded = decodeStream(compressStream(events(), name, { flush: true }), [name])[Symbol.asyncIterator]();
      assert.equal(Buffer.from((await decoded.next()).value!).toString(), "data: 1\n\n");
      ask?.();
      assert.equal(Buffer.from((await decoded.next()).value!).toString(), "data: 2\n\n");
      assert.equal((await decoded.next()).done, true);
    });

    test(`${name} that is cut or changed is corrupt`, async () => {
      const small = coding.compress(text);
      const cut = small.subarray(0, small.length - 9);
      const bad = Buffer.from("this was never compressed, was it?");
      for (const content of [cut, bad]) {
        assert.throws(() => decodeContent(content, [name]), { name: "HttpContentError", code: "corrupt" });
        await assert.rejects(collect(decodeStream(chunks(content, 5), [name])), { code: "corrupt" });
      }
    });
  }

  test("whatever comes, only HttpContentError goes", () => {
    const name = fc.constantFrom(...httpContentCodings.keys());
    fc.assert(
      fc.property(fc.uint8Array(), name, (content, coding) => {
        try {
          decodeContent(content, [coding]);
        } catch (error) {
          assert.equal((error as Error).name, "HttpContentError");
        }
      }),
    );
  });

  test("deflate is read bare too (RFC 9110 §8.4.1.2)", async () => {
    const bare = deflateRawSync(text);
    assert.deepEqual(Buffer.from(decodeContent(bare, ["deflate"])), text);
    assert.deepEqual(await collect(decodeStream(chunks(bare, 100), ["deflate"])), text);
  });

  test("codings are undone from the last to the first, identity is nothing", async () => {
    const twice = httpContentCodings.get("br")!.compress(gzipSync(text));
    assert.deepEqual(Buffer.from(decodeContent(twice, ["x-gzip", "identity", "BR"])), text);
    assert.deepEqual(await collect(decodeStream(chunks(twice, 100), ["gzip", "br"])), text);
    assert.equal(decodeContent(text, []), text);
    assert.deepEqual(await collect(decodeStream(chunks(new Uint8Array(), 1), ["gzip"])), Buffer.alloc(0));
  });

  test("a third coding, and an unknown one, are refused before a single octet is read", () => {
    assert.throws(() => decodeContent(text, ["gzip", "gzip", "gzip"]), { code: "too-many-codings" });
    assert.throws(() => decodeStream(chunks(text, 1), ["gzip", "gzip", "gzip"]), { code: "too-many-codings" });
    assert.throws(() => decodeStream(chunks(text, 1), ["compress"]), { code: "unsupported-coding" });
  });

  test("small content that becomes huge is too large", async () => {
    const bomb = gzipSync(Buffer.alloc(4 << 20));
    for (const limits of [{ octetsMax: 1 << 20, ratioMax: 2000 }, { ratioMax: 100 }]) {
      assert.throws(() => decodeContent(bomb, ["gzip"], limits), { code: "too-large" });
      await assert.rejects(collect(decodeStream(chunks(bomb, 1000), ["gzip"], limits)), { code: "too-large" });
    }
    assert.equal(decodeContent(bomb, ["gzip"], { ratioMax: 2000 }).length, 4 << 20);
  });

  test("a failure of the source is passed on, and leaving early closes it", async () => {
    async function* failing() {
      yield gzipSync(text).subarray(0, 20);
      throw new Error("connection reset");
    }
    await assert.rejects(collect(decodeStream(failing(), ["gzip"])), { message: "connection reset" });

    let closed = false;
    async function* endless() {
      try {
        for (;;) yield text;
      } finally {
        closed = true;
      }
    }
    for await (const _ of compressStream(endless(), "gzip", { flush: true })) break;
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(closed);
  });
});

describe("chooseCompression", () => {
  const accept = acceptEncodingField.parse("gzip, br");
  const html = { status: 200, contentType: "text/html; charset=utf-8", contentLength: 5000 };

  test("compresses text that is large enough, and varies", () => {
    assert.deepEqual(chooseCompression(accept, html), { coding: "br", varies: true });
    assert.deepEqual(chooseCompression(accept, { ...html, contentLength: undefined }), { coding: "br", varies: true });
    assert.deepEqual(chooseCompression(accept, html, { codings: ["gzip"] }), { coding: "gzip", varies: true });
  });

  test("varies too when this client wants it plain", () => {
    assert.deepEqual(chooseCompression(undefined, html), { coding: undefined, varies: true });
  });

  test("leaves alone what is small, compressed, a part, or not to be transformed", () => {
    const plain = { coding: undefined, varies: false };
    assert.deepEqual(chooseCompression(accept, { ...html, contentLength: 1023 }), plain);
    assert.deepEqual(chooseCompression(accept, { ...html, contentType: "image/png" }), plain);
    assert.deepEqual(chooseCompression(accept, { ...html, encoded: true }), plain);
    assert.deepEqual(chooseCompression(accept, { ...html, noTransform: true }), plain);
    for (const status of [101, 204]) assert.deepEqual(chooseCompression(accept, { ...html, status }), plain);
    const varying = { coding: undefined, varies: true };
    for (const status of [206, 304]) assert.deepEqual(chooseCompression(accept, { ...html, status }), varying);
  });

  test("knows text in disguise", () => {
    for (const type of [
      "text/css",
      "application/json",
      "image/svg+xml",
      "application/ld+json",
      "font/ttf",
      "TEXT/HTML;x",
    ]) {
      assert.ok(isCompressibleType(type), type);
    }
    for (const type of ["", "image/jpeg", "font/woff2", "text/event-stream", "application/zip"]) {
      assert.ok(!isCompressibleType(type), type);
    }
  });

  test("the tag becomes weak", () => {
    assert.deepEqual(weakenEntityTag({ weak: false, opaque: "a" }), { weak: true, opaque: "a" });
  });
});

async function* chunks(octets: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of content) all.push(chunk);
  return Buffer.concat(all);
}
