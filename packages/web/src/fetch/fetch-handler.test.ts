import assert from "node:assert/strict";
import { test } from "node:test";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { ask } from "../testing/ask.test.kit.ts";
import { talkTo } from "../testing/talk.test.kit.ts";
import { fetchHandler, toFetchRequest } from "./fetch-handler.ts";

const app = new Hono()
  .get("/hello/:name", (c) => c.text(`Hello, ${c.req.param("name")}! ${c.req.query("q") ?? ""}`))
  .get("/url", (c) => c.text(c.req.url))
  .get("/cookies", (c) => {
    c.header("set-cookie", "a=1; Path=/");
    c.header("set-cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", { append: true });
    return c.json({ cookie: c.req.header("cookie") });
  })
  .get("/length", (c) => c.body("12345", 200, { "content-length": "5" }))
  .get("/stream", (c) =>
    stream(c, async (out) => {
      await out.write("one ");
      await out.write("two");
    }),
  )
  .get("/proxied", () => new Response("x", { headers: { connection: "keep-alive", "keep-alive": "timeout=5" } }))
  .post("/form", async (c) => c.json(await c.req.parseBody()))
  .post("/unread", (c) => c.text("no, thanks", 403));
const root = fetchHandler(app.fetch);

test("an application of Hono is served unchanged", async () => {
  const hello = await ask(root, "GET /hello/W%C3%BCrld?q=%2B");
  assert.deepEqual([hello.status, hello.body], [200, "Hello, Würld! +"]);
  assert.equal((await ask(root, "GET /url?a=b")).body, "http://example.org/url?a=b");
  assert.equal((await ask(root, "GET /nowhere")).status, 404);
});

test("cookies go both ways, each in a field of its own", async () => {
  await talkTo(root, async (talk) => {
    talk.say("GET /cookies HTTP/1.1", "Host: a", "Cookie: x=1; y=2", "");
    const heard = await talk.heard();
    assert.match(heard, /Set-Cookie: a=1; Path=\/\r\nSet-Cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\n/);
    assert.match(heard, /\{"cookie":"x=1; y=2"\}/);
  });
});

test("HEAD has the length that GET has, where the application knows it", async () => {
  await talkTo(root, async (talk) => {
    talk.say("HEAD /length HTTP/1.1", "Host: a", "");
    assert.match(await talk.heard(), /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 5\r\n\r\n$/s);
    talk.say("GET /length HTTP/1.1", "Host: a", "");
    assert.match(await talk.heard(), /Content-Length: 5\r\n\r\n12345$/);
  });
});

test("answers stream, and fields between neighbours stay behind (RFC 9110 §7.6.1)", async () => {
  await talkTo(root, async (talk) => {
    talk.say("GET /stream HTTP/1.1", "Host: a", "");
    assert.match(await talk.heard(), /\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n$/);
    talk.say("GET /proxied HTTP/1.1", "Host: a", "");
    assert.doesNotMatch(await talk.heard(), /keep-alive/i);
  });
});

test("forms come in, and what is not read does no harm", async () => {
  await talkTo(root, async (talk) => {
    talk.say(
      "POST /form HTTP/1.1",
      "Host: a",
      "Content-Type: application/x-www-form-urlencoded",
      "Content-Length: 7",
      "",
    );
    talk.sayRaw("a=1&b=2");
    assert.match(await talk.heard(), /\{"a":"1","b":"2"\}/);
    talk.say("POST /unread HTTP/1.1", "Host: a", "Content-Length: 7", "");
    talk.sayRaw("a=1&b=2");
    assert.match(await talk.heard(), /^HTTP\/1\.1 403 /);
    talk.say("GET /hello/you HTTP/1.1", "Host: a", "");
    assert.match(await talk.heard(), /Hello, you!/);
  });
});

test("a body streams in and out at once", async () => {
  await talkTo(
    fetchHandler((request) => new Response(request.body)),
    async (talk) => {
      talk.say("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "4", "ping");
      assert.match(await talk.heard(), /\r\n4\r\nping\r\n$/);
      talk.say("4", "pong", "0", "");
      assert.equal(await talk.heard(), "4\r\npong\r\n0\r\n\r\n");
    },
  );
});

test("when the client goes, the signal aborts and the stream is cancelled", async () => {
  const seen: string[] = [];
  const handle = (request: Request): Response => {
    request.signal.addEventListener("abort", () => seen.push("aborted"));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("first")),
      cancel: () => void seen.push("cancelled"),
    });
    return new Response(body);
  };
  await talkTo(fetchHandler(handle), async (talk) => {
    talk.say("GET / HTTP/1.1", "Host: a", "");
    assert.match(await talk.heard(), /first/);
    talk.transport.abort();
    await talk.after(10);
  });
  assert.deepEqual(seen.sort(), ["aborted", "cancelled"]);
});

test("what the Fetch Standard cannot say is refused, and is no fault", async () => {
  assert.equal((await ask(root, "TRACE /")).status, 501);
  assert.equal((await ask(root, "GET http://1.2.3.4.5/")).status, 400);
  assert.equal((await ask(root, "GET http://a%2Fb/")).status, 400);
});

test("an error of the application is a 500", async () => {
  const fail = fetchHandler(() => Promise.reject(new Error("inside")));
  await talkTo(
    fail,
    async (talk) => {
      talk.say("GET / HTTP/1.1", "Host: a", "");
      assert.match(await talk.heard(), /^HTTP\/1\.1 500 .*\r\n\r\n500 Internal Server Error\n$/s);
    },
    { faults: ["GET /: inside"] },
  );
});

test("a request without a host is for this server's own address", async () => {
  const urls: string[] = [];
  await talkTo(
    (request) => {
      urls.push(toFetchRequest(request).url);
      throw new Error("enough");
    },
    async (talk) => {
      talk.say("GET /a HTTP/1.0", "");
      await talk.heard();
    },
    { faults: ["GET /a: enough"] },
  );
  assert.match(urls[0]!, /^http:\/\/10\.0\.0\.\d+\/a$/);
});
