import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, StateError } from "@hawser/core";
import { HttpError } from "../http/error.ts";
import { HttpHeaders } from "../http/headers.ts";
import type { HttpRequest } from "../http/request.ts";
import { empty, HttpResponse, json, octets, redirect, text, upgrade } from "../http/response.ts";
import type { HttpAccess, HttpRefusal } from "../log/access.ts";
import { echoing } from "../testing/echoing.test.kit.ts";
import { WatchedStream } from "../testing/streams.test.kit.ts";
import { talkTo } from "../testing/talk.test.kit.ts";

const get = ["GET /page HTTP/1.1", "Host: a", ""];
const serverError = [
  "HTTP/1.1 500 Internal Server Error",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Length: 26",
  "",
  "500 Internal Server Error\n",
];
const bareServerError = ["HTTP/1.1 500 Internal Server Error", "Content-Length: 0", "", ""];

test("what a handler throws is a 500 without its text, reported once", async () => {
  const root = (): never => {
    throw new Error("the password is 1234");
  };
  await talkTo(
    root,
    async (talk) => {
      talk.say(...get);
      await talk.hears(...serverError);
      assert.equal(talk.ended, false, "the connection lives on");
    },
    { faults: ["GET /page: the password is 1234"] },
  );
});

test("what a handler rejects with is treated alike, even when it is no Error", async () => {
  await talkTo(
    () => Promise.reject("out of paper"),
    async (talk) => {
      talk.say(...get);
      await talk.hears(...serverError);
    },
    { faults: ["GET /page: out of paper"] },
  );
});

test("HttpErrors are answers, not faults, thrown or rejected with", async () => {
  const root = (request: HttpRequest): Promise<HttpResponse> => {
    const busy = new HttpError(503, "Come back", { headers: { "retry-after": "5" } });
    if (request.path === "/page") throw busy;
    return Promise.reject(busy);
  };
  const answer = [
    "HTTP/1.1 503 Service Unavailable",
    "Retry-After: 5",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Length: 35",
    "",
    "503 Service Unavailable: Come back\n",
  ];
  await talkTo(root, async (talk) => {
    talk.say(...get);
    await talk.hears(...answer);
    talk.say("GET /later HTTP/1.1", "Host: a", "");
    await talk.hears(...answer);
  });
});

test("an error page of one's own", async () => {
  const server = { errorPage: (error: HttpError) => json({ status: error.status }, { status: error.status }) };
  await talkTo(
    () => {
      throw new HttpError(404);
    },
    async (talk) => {
      talk.say(...get);
      await talk.hears(
        "HTTP/1.1 404 Not Found",
        "Content-Type: application/json",
        "Content-Length: 14",
        "",
        '{"status":404}',
      );
    },
    { server },
  );
});

test("an error page that fails leaves a bare 500", async () => {
  const errorPage = (): never => {
    throw new Error("no template");
  };
  await talkTo(
    () => {
      throw new HttpError(404);
    },
    async (talk) => {
      talk.say(...get);
      await talk.hears(...bareServerError);
    },
    { server: { errorPage }, faults: ["Answer to GET /page: no template"] },
  );
});

/** Answers that cannot be sent, and what is reported of them. */
const unsendable: Readonly<Record<string, readonly [() => unknown, string]>> = {
  "with no answer": [() => undefined, "Answer to GET /page: Cannot answer: the handler returned nothing"],
  "with an interim status": [() => empty(103), "Answer to GET /page: Cannot answer with 103: it is an interim status"],
  "with a transfer coding": [
    () => empty(204, { "transfer-encoding": "chunked" }),
    "Answer to GET /page: Cannot send transfer-encoding: the connection decides about it",
  ],
  "with a false Content-Length": [
    () => text("four", { headers: { "content-length": "5" } }),
    "Answer to GET /page: Cannot send a body of 4 octets: Content-Length says 5",
  ],
  "with a protocol that the client did not ask for": [
    () => upgrade("shout", echoing(String)),
    "Answer to GET /page: Cannot change the protocol: the client did not ask for it",
  ],
};

for (const [what, [answer, fault]] of Object.entries(unsendable)) {
  test(`an application that answers ${what} gives a 500`, async () => {
    await talkTo(
      answer as () => HttpResponse,
      async (talk) => {
        talk.say(...get);
        await talk.hears(...bareServerError);
        assert.equal(talk.ended, false);
      },
      { faults: [fault] },
    );
  });
}

test("a stream of an answer that cannot be sent is closed, so that no file stays open", async () => {
  const stream = new WatchedStream(["never"]);
  const answer = octets(stream, { headers: { "keep-alive": "timeout=5" } });
  await talkTo(
    () => answer,
    async (talk) => {
      talk.say(...get);
      await talk.hears(...bareServerError);
    },
    { faults: ["Answer to GET /page: Cannot send keep-alive: the connection decides about it"] },
  );
  assert.equal(stream.closed, true);
  assert.equal(stream.pulled, 0);
});

test("fields that could end early are refused where they are made (RFC 9110 §5.5)", () => {
  assert.throws(() => text("x", { headers: { "x-a": "1\r\nSet-Cookie: b=2" } }), TypeError);
  assert.throws(() => redirect("/a").headers.set("location", "/\nb"), TypeError);
  assert.equal(redirect("/a\r\nb ü").headers.get("location"), "/a%0D%0Ab%20%C3%BC");
  assert.throws(() => json(undefined), /^TypeError: Cannot send undefined as JSON: it has no such value$/);
});

test("headers given to two answers belong to neither", () => {
  const shared = new HttpHeaders([["x-a", "1"]]);
  const one = text("1", { headers: shared });
  one.headers.append("set-cookie", "secret=1");
  assert.equal(text("2", { headers: shared }).headers.has("set-cookie"), false);
});

test("a stream that throws midway cuts the connection: the client can tell (RFC 9112 §8)", async () => {
  const stream = new WatchedStream(["half of it"], { failsWith: new Error("disk gone") });
  await talkTo(
    () => octets(stream),
    async (talk) => {
      talk.say(...get);
      const heard = await talk.heard();
      assert.doesNotMatch(heard, /\r\n0\r\n/, "no last chunk");
      assert.equal(talk.side.error?.code, "reset");
    },
    { faults: ["Answer to GET /page: disk gone"] },
  );
});

test("a stream that throws before its first chunk, alike: its head has left", async () => {
  await talkTo(
    () => octets(new WatchedStream([], { failsWith: new Error("no disk") })),
    async (talk) => {
      talk.say(...get);
      await talk.heard();
      assert.equal(talk.closed, true);
    },
    { faults: ["Answer to GET /page: no disk"] },
  );
});

for (const [how, length, fault] of [
  ["longer", 3, "Answer to GET /page: Cannot send 4 octets more: 3 were announced and 0 are sent"],
  ["shorter", 9, "Answer to GET /page: Cannot end the body: 9 octets were announced and 4 are sent"],
] as const) {
  test(`a stream ${how} than its length cuts the connection`, async () => {
    const stream = new WatchedStream(["four"]);
    await talkTo(
      () => octets(stream, { length }),
      async (talk) => {
        talk.say(...get);
        await talk.heard();
        assert.equal(talk.side.error?.code, "reset");
      },
      { faults: [fault] },
    );
    assert.equal(stream.closed || stream.ended, true);
  });
}

test("when the client goes, the stream is closed, the signal aborts and the log says so", async () => {
  const stream = new WatchedStream(["first"], { thenWaits: true });
  const log: [number, boolean][] = [];
  let signal: AbortSignal | undefined;
  const root = (request: HttpRequest) => {
    signal = request.signal;
    return octets(stream);
  };
  await talkTo(
    root,
    async (talk) => {
      talk.say(...get);
      assert.match(await talk.heard(), /first/);
      assert.equal(signal?.aborted, false);
      talk.transport.abort();
      await talk.after(10);
    },
    { server: { log: ({ status, complete }) => log.push([status, complete]) } },
  );
  assert.equal(stream.closed, true);
  assert.ok(signal?.reason instanceof ConnectionError);
  assert.deepEqual(log, [[200, false]]);
});

test("a handler that looks up only after the client has gone finds its signal aborted and its body lost", async () => {
  const found: unknown[] = [];
  const root = async (request: HttpRequest): Promise<HttpResponse> => {
    await request.reactor.clock.sleep(1_000);
    found.push(request.signal.aborted);
    await request.body.bytes().catch((error: unknown) => found.push((error as ConnectionError).code));
    return text("for nobody");
  };
  await talkTo(root, async (talk) => {
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "");
    await talk.after(100);
    talk.transport.abort();
    await talk.after(2_000);
  });
  assert.deepEqual(found, [true, "reset"]);
});

test("a stream that nobody is left to get is closed unread", async () => {
  const stream = new WatchedStream(["late"]);
  const root = async (request: HttpRequest) => {
    await request.reactor.clock.sleep(1_000);
    return octets(stream);
  };
  await talkTo(root, async (talk) => {
    talk.say(...get);
    await talk.after(100);
    talk.transport.abort();
    await talk.after(2_000);
  });
  assert.deepEqual([stream.closed, stream.pulled], [true, 0]);
});

test("a body reader learns that the client went away, or broke the protocol", async () => {
  const codes: string[] = [];
  const root = async (request: HttpRequest) => {
    await request.body.bytes().catch((error: ConnectionError) => codes.push(error.code));
    return text("for nobody");
  };
  const post = ["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "3", "abc"];
  await talkTo(root, async (talk) => {
    talk.say(...post);
    await talk.after(10);
    talk.transport.abort();
    await talk.after(10);
  });
  await talkTo(root, async (talk) => {
    talk.say(...post, "what?");
    await talk.hears("HTTP/1.1 400 Bad Request", "Content-Length: 0", "Connection: close", "", "");
    assert.equal(talk.ended, true);
  });
  await talkTo(root, async (talk) => {
    talk.say(...post);
    talk.transport.end();
    await talk.hears("HTTP/1.1 400 Bad Request", "Content-Length: 0", "Connection: close", "", "");
  });
  assert.deepEqual(codes, ["reset", "reset", "reset"]);
});

test("who reads a body on after the answer is told that it is over", async () => {
  const errors: unknown[] = [];
  const root = (request: HttpRequest) => {
    void request.body.bytes().catch((error: unknown) => errors.push(error));
    return text("enough");
  };
  await talkTo(root, async (talk) => {
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "", "he");
    assert.match(await talk.heard(), /enough$/);
  });
  assert.ok(errors[0] instanceof StateError);
});

test("a body is read once, and not beyond its bound", async () => {
  const root = async ({ body, path }: HttpRequest) => {
    if (path === "/small") return text(await body.text({ octetsMax: 4 }));
    await body.text();
    return text(await body.text());
  };
  const tooLarge = [
    "HTTP/1.1 413 Content Too Large",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Length: 22",
    "",
    "413 Content Too Large\n",
  ];
  await talkTo(
    root,
    async (talk) => {
      talk.say("POST /small HTTP/1.1", "Host: a", "Content-Length: 5", "", "hello");
      await talk.hears(...tooLarge);
      talk.say("POST /small HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "5", "hello", "0", "");
      await talk.hears(...tooLarge);
      talk.say("POST /twice HTTP/1.1", "Host: a", "Content-Length: 2", "");
      talk.sayRaw("hi");
      await talk.hears(...serverError);
    },
    { faults: ["POST /twice: Cannot read the body of the request: it has been read"] },
  );
});

test("a body that is not what it should be is 400", async () => {
  const root = async ({ body }: HttpRequest) => json(await body.json());
  await talkTo(root, async (talk) => {
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "");
    talk.sayRaw("{");
    assert.match(await talk.heard(), /^HTTP\/1.1 400 .*400 Bad Request: The body is not JSON\n$/s);
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "");
    talk.sayRaw("\xff");
    assert.match(await talk.heard(), /400 Bad Request: The body is not UTF-8\n$/);
  });
});

test("the log is told of every answer: its status, its octets, how long it took", async () => {
  const log: string[] = [];
  const root = async ({ path, reactor }: HttpRequest) => {
    await reactor.clock.sleep(250);
    if (path === "/missing") throw new HttpError(404);
    return path === "/stream" ? octets(new WatchedStream(["four", "more"])) : text("hällo");
  };
  const note = ({ request, status, octets: sent, durationMs, complete }: HttpAccess) =>
    log.push(`${request.method} ${request.path} ${status} ${sent} ${durationMs} ${complete}`);
  await talkTo(
    root,
    async (talk) => {
      for (const line of ["GET /text", "HEAD /text", "GET /stream", "GET /missing"])
        talk.say(`${line} HTTP/1.1`, "Host: a", "");
      await talk.after(2_000);
    },
    { server: { log: note } },
  );
  assert.deepEqual(log, [
    "GET /text 200 6 250 true",
    "HEAD /text 200 0 250 true",
    "GET /stream 200 8 250 true",
    "GET /missing 404 14 250 true",
  ]);
});

test("what is no request, or comes too late, is told apart from what was answered", async () => {
  const log: string[] = [];
  const logRefusal = ({ status, error, transport }: HttpRefusal) =>
    log.push(`${status} ${error.code} ${transport.peer.family}`);
  const server = { log: () => assert.fail("answered"), logRefusal };
  const root = () => text("");
  await talkTo(
    root,
    async (talk) => {
      talk.say("GET / HTTP/1.1", "No host: a", "");
      await talk.after(100);
    },
    { server },
  );
  await talkTo(
    root,
    async (talk) => {
      talk.say("GET / HTTP/1.1");
      await talk.after(60_000);
    },
    { server },
  );
  assert.deepEqual(log, ["400 bad-field-line ipv4", "408 head-timeout ipv4"]);
});

test("trailers need chunks: a stream of a known length cannot have them, and is cut", async () => {
  const answer = octets(new WatchedStream(["four"]), { length: 4 });
  answer.trailers = () => new HttpHeaders([["x-sum", "1"]]);
  await talkTo(
    () => answer,
    async (talk) => {
      talk.say(...get);
      await talk.heard();
      assert.equal(talk.side.error?.code, "reset");
    },
    { faults: ["Answer to GET /page: Cannot send trailers: the body has an announced length"] },
  );
});

test("a log that fails is reported, and spoils no answer", async () => {
  const log = (): never => {
    throw new Error("disk full");
  };
  await talkTo(
    () => empty(),
    async (talk) => {
      talk.say(...get);
      await talk.hears("HTTP/1.1 204 No Content", "", "");
      talk.say(...get);
      await talk.hears("HTTP/1.1 204 No Content", "", "");
    },
    { server: { log }, faults: ["Access log: disk full", "Access log: disk full"] },
  );
});

test("an upgrade whose protocol cannot be made ends the connection", async () => {
  const take = (): never => {
    throw new Error("no such shell");
  };
  await talkTo(
    () => upgrade("shout", take),
    async (talk) => {
      talk.say("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: shout", "");
      await talk.heard();
      assert.equal(talk.closed, true);
    },
    { faults: ["Upgrade of GET /: no such shell"] },
  );
});

test("a protocol that takes over late hears that the client has closed its side", async () => {
  const root = async (request: HttpRequest) => {
    await request.reactor.clock.sleep(1_000);
    return upgrade("shout", echoing(String));
  };
  await talkTo(root, async (talk) => {
    talk.say("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: shout", "");
    talk.transport.end();
    await talk.after(2_000);
    assert.equal(talk.closed, true);
  });
});

test("a path is given whole and decoded, a query as text and as parameters", async () => {
  const root = (request: HttpRequest) =>
    json({ path: request.path, segments: request.segments, query: request.query.get("q"), url: request.url });
  await talkTo(root, async (talk) => {
    talk.say("GET /a%20b/c/?q=%C3%BC+x HTTP/1.1", "Host: example.org:8080", "");
    const [, body] = (await talk.heard()).split("\r\n\r\n");
    assert.deepEqual(JSON.parse(Buffer.from(body!, "latin1").toString()), {
      path: "/a%20b/c/",
      segments: ["a b", "c"],
      query: "ü x",
      url: "http://example.org:8080/a%20b/c/?q=%C3%BC+x",
    });
    talk.say("GET / HTTP/1.0", "");
    assert.match(await talk.heard(), /"url":"http:\/\/10\.0\.0\.\d:80\/"/);
  });
});

test("an answer of a status without a body drops what it was given, and closes the stream", async () => {
  const stream = new WatchedStream(["x"]);
  await talkTo(
    () => new HttpResponse(304, new HttpHeaders([["etag", '"1"']]), stream),
    async (talk) => {
      talk.say(...get);
      await talk.hears("HTTP/1.1 304 Not Modified", 'ETag: "1"', "", "");
    },
  );
  assert.equal(stream.closed, true);
});
