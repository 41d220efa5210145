import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { decodeContent } from "../content/index.ts";
import { contentEncodingField, readField } from "../fields/index.ts";
import { collectForm, encodeMultipartForm, readForm, safeFileName } from "../forms/index.ts";
import type { HttpRequest } from "../http/request.ts";
import { json, text } from "../http/response.ts";
import { type Talk, talkTo } from "../testing/talk.test.kit.ts";

/** Sends a body and gives the status and the body of the answer. */
async function post(talk: Talk, fields: readonly string[], body: Uint8Array | string): Promise<[string, string]> {
  const octets = Buffer.from(body);
  talk.say("POST / HTTP/1.1", "Host: a", ...fields, `Content-Length: ${octets.length}`, "");
  talk.transport.write(octets);
  const heard = await talk.heard();
  return [heard.slice(9, 12), heard.slice(heard.indexOf("\r\n\r\n") + 4)];
}

test("a small form is read as a whole", async () => {
  const root = async (request: HttpRequest) => {
    const form = await collectForm(request.body, request.headers.get("content-type"));
    return json(form.names().map((name) => [name, form.getAll(name)]));
  };
  await talkTo(root, async (talk) => {
    const type = "Content-Type: application/x-www-form-urlencoded";
    assert.deepEqual(await post(talk, [type], "a=1&b=x+y&a=%32"), ["200", '[["a",["1","2"]],["b",["x y"]]]']);
  });
});

test("a large upload is passed on as it comes", async () => {
  const content = Buffer.alloc(300_000, "file");
  const root = async (request: HttpRequest) => {
    const seen: string[] = [];
    for await (const entry of readForm(request.body, request.headers.get("content-type"))) {
      if (entry.type === "field") seen.push(`${entry.name}=${entry.value}`);
      else {
        let octets = 0;
        for await (const chunk of entry.content) octets += chunk.length;
        seen.push(`${safeFileName(entry.filename)}: ${octets}`);
      }
    }
    return text(seen.join(", "));
  };
  const boundary = "----boundary";
  const chunks: Uint8Array[] = [];
  const parts = [
    { name: "title", content: "Hello" },
    { name: "file", filename: "../../etc/passwd", contentType: "text/plain", content },
  ];
  for await (const chunk of encodeMultipartForm(parts, boundary)) chunks.push(chunk);
  await talkTo(root, async (talk) => {
    const type = `Content-Type: multipart/form-data; boundary=${boundary}`;
    assert.deepEqual(await post(talk, [type], Buffer.concat(chunks)), ["200", "title=Hello, passwd: 300000"]);
  });
});

test("a bad form is the client's fault, not ours: 415, 400, 413", async () => {
  const root = async (request: HttpRequest) => {
    const form = await collectForm(request.body, request.headers.get("content-type"), { memoryOctetsMax: 10 });
    return text(`${form.names().length}`);
  };
  await talkTo(root, async (talk) => {
    const [status, body] = await post(talk, ["Content-Type: text/plain"], "a=1");
    assert.deepEqual(
      [status, body],
      ["415", '415 Unsupported Media Type: Cannot read the form: its type is "text/plain"\n'],
    );
    const multipart = "Content-Type: multipart/form-data; boundary=b";
    assert.equal((await post(talk, [multipart], "--b\r\nnonsense"))[0], "400");
    const urlEncoded = "Content-Type: application/x-www-form-urlencoded";
    assert.equal((await post(talk, [urlEncoded], "a=1234567890"))[0], "413");
  });
});

test("compressed content is undone within limits; what cannot be is 415, 400, 413", async () => {
  const root = async (request: HttpRequest) => {
    const codings = readField(request.headers, contentEncodingField) ?? [];
    const content = decodeContent(await request.body.bytes(), codings, { octetsMax: 100_000 });
    return text(Buffer.from(content).toString());
  };
  await talkTo(root, async (talk) => {
    const gzip = "Content-Encoding: gzip";
    assert.deepEqual(await post(talk, [gzip], gzipSync("hello")), ["200", "hello"]);
    assert.equal((await post(talk, [gzip], "no gzip"))[0], "400");
    assert.equal((await post(talk, [gzip], gzipSync(Buffer.alloc(1_000_000))))[0], "413");
    assert.equal((await post(talk, ["Content-Encoding: rot13"], "uryyb"))[0], "415");
    assert.equal((await post(talk, ["Content-Encoding: gzip, gzip, gzip"], "x"))[0], "415");
  });
});
