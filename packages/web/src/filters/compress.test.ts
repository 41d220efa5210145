import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";
import { memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { files } from "../files/index.ts";
import { HttpHeaders } from "../http/headers.ts";
import type { HttpHandler } from "../http/resource.ts";
import { HttpResponse, html, octets, text } from "../http/response.ts";
import { ask, makeRequest } from "../testing/ask.test.kit.ts";
import { compressed } from "./compress.ts";

const long = "Hello, hello. ".repeat(200);
const gzip = ["Accept-Encoding: gzip"];

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(long);
  yield Buffer.from("end");
}

describe("compressed", () => {
  test("compresses text for who takes it, and says that others get it plain", async () => {
    const site = compressed(() => text(long));
    const packed = await ask(site, "GET /", gzip);
    assert.equal(gunzipSync(packed.octets).toString(), long);
    assert.deepEqual([packed.headers["content-encoding"], packed.headers["vary"]], ["gzip", "Accept-Encoding"]);
    const plain = await ask(site, "GET /");
    assert.equal(plain.body, long);
    assert.deepEqual([plain.headers["content-encoding"], plain.headers["vary"]], [undefined, "Accept-Encoding"]);
  });

  const large = Buffer.alloc(100_000, "x");
  const kinds: readonly (readonly [string, HttpHandler, string])[] = [
    ["a page", () => html(long), long],
    ["a promise", async () => text(long), long],
    ["octets", () => octets(Buffer.from(long), { type: "text/css" }), long],
    ["many octets", () => octets(large, { type: "text/css" }), large.toString()],
    ["a stream", () => octets(pieces(), { type: "text/css", length: long.length + 3 }), `${long}end`],
  ];
  for (const [name, handler, body] of kinds) {
    test(`compresses ${name}`, async () => {
      const answer = await ask(compressed(handler, { codings: ["br"] }), "GET /", ["Accept-Encoding: br, gzip"]);
      assert.equal(brotliDecompressSync(answer.octets).toString(), body);
      assert.equal(answer.headers["content-encoding"], "br");
    });
  }

  const plain: readonly (readonly [string, HttpHandler])[] = [
    ["a small answer", () => text("Hello")],
    ["an image", () => octets(Buffer.alloc(5000), { type: "image/png" })],
    ["what is compressed already", () => text(long, { headers: { "content-encoding": "gzip" } })],
    ["what shall not be changed", () => text(long, { headers: { "cache-control": "no-transform" } })],
    ["events, which must not wait", () => octets(pieces(), { type: "text/event-stream" })],
    ["an answer without a body", () => new HttpResponse(204, new HttpHeaders())],
  ];
  for (const [name, handler] of plain) {
    test(`leaves ${name} alone`, async () => {
      const answer = await ask(compressed(handler), "GET /", gzip);
      const before = await ask(handler, "GET /", gzip);
      assert.deepEqual([answer.headers, answer.octets], [before.headers, before.octets]);
    });
  }

  test("sends each piece of a stream at once", async () => {
    let goOn = () => {};
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(long);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    const response = await compressed(() => octets(slow(), { type: "text/css" }))(makeRequest("GET /", gzip));
    const received: Uint8Array[] = [];
    const unpacked = () => gunzipSync(Buffer.concat(received), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      received.push(chunk);
      if (unpacked() === long) goOn();
    }
    assert.equal(unpacked(), long);
  });

  test("closes a stream that nobody reads", async () => {
    let isClosed = false;
    const stream: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => stream,
      next: () => assert.fail("read"),
      return: async () => {
        isClosed = true;
        return { done: true, value: undefined };
      },
    };
    const response = await compressed(() => octets(stream, { type: "text/css" }))(makeRequest("GET /", gzip));
    await (response.body as AsyncIterableIterator<Uint8Array>).return?.();
    assert.ok(isClosed);
  });

  test("lets a file be asked for by its weak tag, and by parts of itself", async () => {
    const site = compressed(files(memoryTree({ "a.txt": long })));
    const packed = await ask(site, "GET /a.txt", gzip);
    assert.match(packed.headers["etag"]!, /^W\//);
    assert.equal(packed.headers["accept-ranges"], undefined);
    assert.equal((await ask(site, "GET /a.txt", [...gzip, `If-None-Match: ${packed.headers["etag"]}`])).status, 304);
    const part = await ask(site, "GET /a.txt", [...gzip, "Range: bytes=0-4"]);
    assert.deepEqual([part.status, part.body, part.headers["content-encoding"]], [206, "Hello", undefined]);
  });

  test("tells caches with a 304 and with a part, too, that others get something else", async () => {
    const site = compressed(files(memoryTree({ "a.txt": long })));
    const { headers } = await ask(site, "GET /a.txt");
    const unchanged = await ask(site, "GET /a.txt", [`If-None-Match: ${headers["etag"]}`]);
    assert.deepEqual([unchanged.status, unchanged.headers["vary"]], [304, "Accept-Encoding"]);
    const part = await ask(site, "GET /a.txt", ["Range: bytes=0-4"]);
    assert.deepEqual([part.status, part.headers["vary"]], [206, "Accept-Encoding"]);
  });

  test("tells a HEAD what a GET would get, but for the length", async () => {
    const site = compressed(files(memoryTree({ "a.txt": long })));
    const { headers, body } = await ask(site, "HEAD /a.txt", gzip);
    assert.deepEqual([headers["content-encoding"], headers["content-length"], body], ["gzip", undefined, ""]);
  });

  test("compresses a file in memory once", async () => {
    const site = compressed(files(memoryTree({ "a.txt": long }), { revalidateMs: 1e9 }));
    const reactor = memoryReactor();
    const get = async () => (await site(makeRequest("GET /a.txt", gzip, { reactor }))).body;
    assert.equal(await get(), await get());
  });
});
