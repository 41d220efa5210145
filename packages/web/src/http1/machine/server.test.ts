import assert from "node:assert/strict";
import { test } from "node:test";

import { HttpHeaders, type HttpHeadersInit } from "../../http/headers.ts";
import { Http1ProtocolError, type Http1RequestHead, type Http1ServerAction, Http1ServerMachine } from "../index.ts";
import {
  type Application,
  assertStateError,
  hear,
  inEveryCut,
  octets,
  takeAll,
  wire,
} from "../testing/conversation.test.ts";

/** A conversation: what the client sends, what the application answers to each event, what the server sends. */
function converse(name: string, talk: { C: string; app: Application; S: string; closing?: string | undefined }): void {
  test(name, () => {
    inEveryCut(talk.C, (chunks, how) => {
      const { output, machine } = hear(chunks, talk.app, { end: false });
      assert.equal(output, talk.S, how);
      assert.equal(machine.closing, talk.closing, how);
    });
  });
}

/** Answers every request whose method is given, when its head is there. */
function on(answers: Readonly<Record<string, readonly Http1ServerAction[]>>): Application {
  return (event) => (event.type === "request" ? (answers[event.head.method] ?? []) : []);
}

const text = ["Content-Type", "text/plain"];

converse("a request and its answer", {
  C: wire`
    GET / HTTP/1.1
    Host: a

  `,
  app: on({ GET: [{ type: "response", status: 200, headers: text, body: "hello" }] }),
  S: `${wire`
    HTTP/1.1 200 OK
    Content-Type: text/plain
    Content-Length: 5

  `}hello`,
});

converse("pipelined requests are answered in order (RFC 9112 §9.3.2)", {
  C: wire`
    GET /a HTTP/1.1
    Host: a

    GET /b HTTP/1.1
    Host: a

  `,
  app: (event) => (event.type === "request" ? [{ type: "response", status: 200, body: event.head.target.path }] : []),
  S: `${wire`
    HTTP/1.1 200 OK
    Content-Length: 2

  `}/a${wire`
    HTTP/1.1 200 OK
    Content-Length: 2

  `}/b`,
});

converse("a body of unknown length is sent in chunks, with trailers (RFC 9112 §7.1)", {
  C: wire`
    GET / HTTP/1.1
    Host: a

  `,
  app: on({
    GET: [
      { type: "response", status: 200, length: "unknown" },
      { type: "body", chunk: "hello" },
      { type: "body", chunk: octets("") },
      { type: "body", chunk: octets("0123456789abcdef") },
      { type: "response-end", trailers: ["x-sum", "21"] },
    ],
  }),
  S: wire`
    HTTP/1.1 200 OK
    Transfer-Encoding: chunked

    5
    hello
    10
    0123456789abcdef
    0
    X-Sum: 21

  `,
});

converse("HTTP/1.0 gets a body of unknown length until the connection ends (RFC 9112 §6.3)", {
  C: wire`
    GET / HTTP/1.0
    Connection: keep-alive

  `,
  app: on({
    GET: [
      { type: "response", status: 200, length: "unknown" },
      { type: "body", chunk: "hello" },
      { type: "response-end", trailers: ["x-sum", "5"] },
    ],
  }),
  S: `${wire`
    HTTP/1.1 200 OK
    Connection: close

  `}hello`,
  closing: "end",
});

converse("HTTP/1.0 closes, unless it asks not to (RFC 9112 §9.3)", {
  C: wire`
    GET / HTTP/1.0
    Connection: Keep-Alive

    GET / HTTP/1.0

  `,
  app: on({ GET: [{ type: "response", status: 204 }] }),
  S: wire`
    HTTP/1.1 204 No Content
    Connection: keep-alive
    Keep-Alive: timeout=15

    HTTP/1.1 204 No Content
    Connection: close

  `,
  closing: "end",
});

converse("nothing is read after Connection: close", {
  C: wire`
    GET /a HTTP/1.1
    Host: a
    Connection: x, CLOSE

    GET /b HTTP/1.1
    Host: a

  `,
  app: on({ GET: [{ type: "response", status: 204 }] }),
  S: wire`
    HTTP/1.1 204 No Content
    Connection: close

  `,
  closing: "end",
});

converse("the application can close", {
  C: wire`
    GET / HTTP/1.1
    Host: a

  `,
  app: on({ GET: [{ type: "response", status: 200, headers: ["connection", "close, X-Hop"], body: "" }] }),
  S: wire`
    HTTP/1.1 200 OK
    Content-Length: 0
    Connection: close, X-Hop

  `,
  closing: "end",
});

converse("HEAD, 204 and 304 have no body, whatever is sent (RFC 9112 §6.3)", {
  C: wire`
    HEAD /whole HTTP/1.1
    Host: a

    HEAD /stream HTTP/1.1
    Host: a

    HEAD /unknown HTTP/1.1
    Host: a

    GET /204 HTTP/1.1
    Host: a

    GET /304 HTTP/1.1
    Host: a

    GET /304-length HTTP/1.1
    Host: a

  `,
  app: (event) => {
    if (event.type !== "request") return [];
    switch (event.head.target.path) {
      case "/whole":
        return [{ type: "response", status: 200, body: "hello" }];
      case "/stream":
        return [
          { type: "response", status: 200, length: 9 },
          { type: "body", chunk: "hello" },
          { type: "response-end" },
        ];
      case "/unknown":
        return [
          { type: "response", status: 200, length: "unknown" },
          { type: "response-end", trailers: ["a", "b"] },
        ];
      case "/204":
        return [{ type: "response", status: 204, body: "hello" }];
      case "/304":
        return [{ type: "response", status: 304, body: "hello" }];
      default:
        return [{ type: "response", status: 304, headers: ["content-length", "9"] }];
    }
  },
  S: wire`
    HTTP/1.1 200 OK
    Content-Length: 5

    HTTP/1.1 200 OK
    Content-Length: 9

    HTTP/1.1 200 OK

    HTTP/1.1 204 No Content

    HTTP/1.1 304 Not Modified

    HTTP/1.1 304 Not Modified
    Content-Length: 9

  `,
});

converse("interim responses come before the final one (RFC 9110 §15.2)", {
  C: `${wire`
    POST / HTTP/1.1
    Host: a
    Content-Length: 5
    Expect: 100-continue

  `}hello`,
  app: (event) => {
    if (event.type === "request") {
      return [
        { type: "informational", status: 103, headers: ["link", "</a>"] },
        { type: "informational", status: 100 },
      ];
    }
    return event.type === "request-end" ? [{ type: "response", status: 204 }] : [];
  },
  S: wire`
    HTTP/1.1 103 Early Hints
    Link: </a>

    HTTP/1.1 100 Continue

    HTTP/1.1 204 No Content

  `,
});

converse("HTTP/1.0 gets no interim response", {
  C: wire`
    GET / HTTP/1.0

  `,
  app: on({
    GET: [
      { type: "informational", status: 103 },
      { type: "response", status: 204 },
    ],
  }),
  S: wire`
    HTTP/1.1 204 No Content
    Connection: close

  `,
  closing: "end",
});

converse("a body that was not asked for ends the connection: nobody could tell it from a request (RFC 9110 §10.1.1)", {
  C: wire`
    POST / HTTP/1.1
    Host: a
    Content-Length: 26
    Expect: 100-continue

  `,
  app: on({ POST: [{ type: "response", status: 413, body: "" }] }),
  S: wire`
    HTTP/1.1 413 Content Too Large
    Content-Length: 0
    Connection: close

  `,
  closing: "end",
});

converse("a body that the application leaves is discarded, and the next request read", {
  C: `${wire`
    POST / HTTP/1.1
    Host: a
    Content-Length: 5

  `}hello${wire`
    POST / HTTP/1.1
    Host: a
    Transfer-Encoding: chunked

    5
    hello
    0

    GET / HTTP/1.1
    Host: a

  `}`,
  app: on({ POST: [{ type: "response", status: 204 }], GET: [{ type: "response", status: 200 }] }),
  S: wire`
    HTTP/1.1 204 No Content

    HTTP/1.1 204 No Content

    HTTP/1.1 200 OK
    Content-Length: 0

  `,
});

converse("a fault in a body that is discarded closes without a second answer", {
  C: wire`
    POST / HTTP/1.1
    Host: a
    Transfer-Encoding: chunked

    oops
  `,
  app: on({ POST: [{ type: "response", status: 204 }] }),
  S: wire`
    HTTP/1.1 204 No Content

  `,
  closing: "end",
});

converse("a fault in a body that is read is answered", {
  C: wire`
    POST / HTTP/1.1
    Host: a
    Transfer-Encoding: chunked

    oops
  `,
  app: () => [],
  S: wire`
    HTTP/1.1 400 Bad Request
    Content-Length: 0
    Connection: close

  `,
  closing: "end",
});

test("a fault after the response has begun cuts the connection", () => {
  const request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\noops\r\n";
  inEveryCut(request, (chunks, how) => {
    const app = on({
      POST: [
        { type: "response", status: 200, length: 5 },
        { type: "body", chunk: "hel" },
      ],
    });
    const { events, machine } = hear(chunks, app);
    assert.deepEqual(events, ["POST /", "fault bad-chunk 400"], how);
    assert.equal(machine.closing, "abort", how);
  });
});

test("an application may answer a fault in a body itself", () => {
  const machine = receiving("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\noops\r\n");
  assert.throws(() => machine.next(), Http1ProtocolError);
  machine.send({ type: "response", status: 400, body: "what?" });
  assert.equal(takeAll(machine), "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwhat?");
  assert.equal(machine.closing, "end");
});

test("a fault while the response is streamed closes behind it, if the application goes on", () => {
  const machine = receiving("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\noops\r\n");
  machine.send({ type: "response", status: 200, length: 2 });
  assert.throws(() => machine.next(), Http1ProtocolError);
  machine.send({ type: "body", chunk: "ok" });
  machine.send({ type: "response-end" });
  assert.equal(machine.closing, "end");
});

const expecting = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

test("a body that was asked for is discarded when the application changes its mind", () => {
  const machine = receiving(expecting);
  machine.send({ type: "informational", status: 100 });
  machine.send({ type: "response", status: 204 });
  machine.receive(octets("helloGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  assert.equal(machine.next()?.type, "request");
});

test("a body that comes without being asked for is one like others", () => {
  const machine = receiving(`${expecting}hello`);
  assert.equal(machine.next()?.type, "body");
  machine.send({ type: "response", status: 204 });
  assert.equal(takeAll(machine), "HTTP/1.1 204 No Content\r\n\r\n");
});

test("a message that is cut short is not taken for a whole one", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  machine.send({ type: "response", status: 200, length: 5 });
  machine.send({ type: "abandon" });
  assert.equal(machine.closing, "abort");
  assert.equal(takeAll(machine), "");
  assertStateError(() => machine.send({ type: "body", chunk: "hello" }), /the connection is closing/);
});

test("an upgrade hands over the octets behind the head (RFC 9110 §7.8)", () => {
  inEveryCut(
    `${wire`
    GET /chat HTTP/1.1
    Host: a
    Connection: Upgrade
    Upgrade: WebSocket, h2c

  `}rest`,
    (chunks, how) => {
      const { output, machine } = hear(chunks, (event) => {
        if (event.type === "request") assert.deepEqual(event.head.upgrade, ["websocket", "h2c"]);
        return event.type === "request" ? [{ type: "upgrade", status: 101, headers: ["x", "y"] }] : [];
      });
      assert.equal(
        output,
        "HTTP/1.1 101 Switching Protocols\r\nX: y\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        how,
      );
      assert.equal(machine.closing, "upgraded");
      assert.equal(Buffer.from(machine.takeRest()).toString(), "rest");
      assert.equal(machine.takeRest().length, 0);
    },
  );
});

test("CONNECT becomes a tunnel (RFC 9110 §9.3.6)", () => {
  const machine = receiving("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\nrest");
  assertStateError(() => machine.send({ type: "response", status: 200 }), /an upgrade does that/);
  machine.send({ type: "upgrade", status: 200 });
  assert.equal(takeAll(machine), "HTTP/1.1 200 OK\r\n\r\n");
  assert.equal(Buffer.from(machine.takeRest()).toString(), "rest");
});

test("CONNECT can be refused, and the connection persists", () => {
  const machine = receiving("CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  machine.send({ type: "response", status: 403 });
  assert.equal(machine.next()?.type, "request");
});

test("the protocol changes only where that was asked for", () => {
  const plain = receiving("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n");
  assertStateError(() => plain.send({ type: "upgrade", status: 101 }), /did not ask/);
  const old = receiving("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  assertStateError(() => old.send({ type: "upgrade", status: 101 }), /did not ask/);
  const withBody = receiving(
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\n",
  );
  assertStateError(() => withBody.send({ type: "upgrade", status: 101 }), /unread/);
  assertStateError(() => plain.takeRest(), /has not changed/);
});

test("the application is held to the length it announced", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  machine.send({ type: "response", status: 200, length: 5 });
  machine.send({ type: "body", chunk: "hel" });
  assertStateError(() => machine.send({ type: "body", chunk: "lo!" }), /5 were announced and 3 are sent/);
  assertStateError(() => machine.send({ type: "response-end" }), /5 octets were announced and 3 are sent/);
  machine.send({ type: "body", chunk: "lo" });
  assertStateError(() => machine.send({ type: "response-end", trailers: ["a", "b"] }), /announced length/);
  machine.send({ type: "response-end" });
  assert.equal(takeAll(machine), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
});

test("Content-Length of the application must be true", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const headers = ["content-length", "4"];
  assertStateError(() => machine.send({ type: "response", status: 200, headers, body: "hello" }), /says 4/);
  assertStateError(() => machine.send({ type: "response", status: 200, headers }), /says 4/);
  assertStateError(() => machine.send({ type: "response", status: 200, body: "hello", length: 4 }), /4 were announced/);
  machine.send({ type: "response", status: 200, headers, length: "unknown" });
  machine.send({ type: "body", chunk: "four" });
  machine.send({ type: "response-end" });
  assert.equal(takeAll(machine), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour");
});

test("actions out of turn are told at once, and change nothing", () => {
  const machine = new Http1ServerMachine({ now: () => 0 });
  assertStateError(
    () => machine.send({ type: "response", status: 200 }),
    /Cannot send a response: there is no message/,
  );
  assertStateError(() => machine.send({ type: "abandon" }), /there is none/);
  machine.receive(octets("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  machine.next();
  assertStateError(() => machine.send({ type: "body", chunk: "a" }), /Cannot send a body: the response has not begun/);
  assertStateError(() => machine.send({ type: "response-end" }), /Cannot end a response: the response has not begun/);
  machine.send({ type: "response", status: 200, length: "unknown" });
  assertStateError(() => machine.send({ type: "informational", status: 103 }), /a body is being sent/);
  assert.equal(machine.writing, "body");
});

test("the next request waits for the response and the body of the one before", () => {
  const machine = receiving(
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assert.equal(machine.next()?.type, "body");
  assert.equal(machine.next()?.type, "request-end");
  assert.equal(machine.next(), undefined);
  assert.equal(machine.reading, "waiting");
  machine.send({ type: "response", status: 204 });
  assert.equal(machine.reading, "idle");
  assert.equal(machine.next()?.type, "request");
});

test("Date and Server are added where they are missing", () => {
  const date = () => "Mon, 23 Nov 2026 16:00:00 GMT";
  const app = on({
    GET: [{ type: "response", status: 204 }],
    PUT: [{ type: "response", status: 204, headers: ["date", "x", "SERVER", "y"] }],
  });
  const heard = hear([octets("GET / HTTP/1.1\r\nHost: a\r\n\r\nPUT / HTTP/1.1\r\nHost: a\r\n\r\n")], app, {
    date,
    serverName: "hawser",
  });
  assert.equal(
    heard.output,
    wire`
    HTTP/1.1 204 No Content
    Date: Mon, 23 Nov 2026 16:00:00 GMT
    Server: hawser

    HTTP/1.1 204 No Content
    Date: x
    SERVER: y

  `,
  );
});

test("a large body keeps its own place in the output, and is not copied", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const body = new Uint8Array(100_000);
  machine.send({ type: "response", status: 200, body });
  machine.next();
  machine.send({ type: "response", status: 204 });
  assert.equal(machine.outputOctets, 43 + 100_000 + 27);
  assert.equal(machine.takeOutput(), "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
  assert.equal(machine.takeOutput(), body);
  assert.equal(machine.takeOutput(), "HTTP/1.1 204 No Content\r\n\r\n");
  assert.equal(machine.takeOutput(), undefined);
  assert.equal(machine.outputOctets, 0);
});

test("pieces of a body are views of what was received", () => {
  const chunk = octets("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(chunk);
  machine.next();
  const event = machine.next();
  assert.equal(event?.type === "body" && event.chunk.buffer, chunk.buffer);
});

test("a client may close its side and still be answered", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  machine.end();
  assert.equal(machine.next(), undefined);
  machine.send({ type: "response", status: 204 });
  assert.deepEqual(machine.next(), { type: "end" });
  assert.equal(machine.closing, "end");
  assert.equal(takeAll(machine), "HTTP/1.1 204 No Content\r\n\r\n");
});

test("a server that stops lets go of an idle connection at once", () => {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.drain();
  assert.equal(machine.closing, "end");
  assert.equal(machine.next(), undefined);
});

test("a server that stops answers what has begun, and says that it closes", () => {
  const machine = receiving("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  machine.drain();
  assert.equal(machine.closing, undefined);
  machine.send({ type: "response", status: 204 });
  assert.equal(takeAll(machine), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  assert.equal(machine.closing, "end");
});

test("a server that stops while a body is discarded closes behind it", () => {
  const machine = receiving("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  machine.send({ type: "response", status: 204 });
  assert.equal(machine.next(), undefined);
  machine.drain();
  machine.receive(octets("lo"));
  assert.equal(machine.next(), undefined);
  assert.equal(machine.closing, "end");
});

test("headers are given as a list, or as HttpHeaders", () => {
  const init: HttpHeadersInit = { "content-type": "text/plain", etag: '"a"', "set-cookie": ["a=1", "b=2"] };
  const heard = hear(
    [octets("GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
    on({ GET: [{ type: "response", status: 204, headers: new HttpHeaders(init) }] }),
  );
  assert.equal(
    heard.output,
    wire`
    HTTP/1.1 204 No Content
    Content-Type: text/plain
    ETag: "a"
    Set-Cookie: a=1
    Set-Cookie: b=2

  `,
  );
});

test("a head says what the connection needs to know", () => {
  const head = headOf(
    "POST /a?b HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
  );
  assert.equal(head.method, "POST");
  assert.equal(head.rawTarget, "/a?b");
  assert.equal(head.version, "1.1");
  assert.equal(head.bodyKind, "length");
  assert.equal(head.contentLength, 5);
  assert.equal(head.expectContinue, true);
  assert.equal(head.keepAlive, false);
  assert.deepEqual(head.upgrade, []);
  assert.equal(headOf("GET / HTTP/1.7\r\nHost: a\r\nContent-Length: 0\r\n\r\n").bodyKind, "none");
  assert.equal(headOf("GET / HTTP/1.7\r\nHost: a\r\n\r\n").version, "1.1");
});

test("a fault names its rule, and quotes what it met", () => {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(octets("GET\x20\x20/ HTTP/1.1\r\n"));
  assert.throws(
    () => machine.next(),
    (error) => {
      assert.ok(error instanceof Http1ProtocolError);
      assert.equal(error.section, "RFC 9112 §3");
      assert.equal(
        error.message,
        'Cannot read the HTTP/1.1 message: the request line is malformed ("GET  / HTTP/1.1")',
      );
      return true;
    },
  );
});

/** A machine that has given the first request of what it received. */
function receiving(request: string): Http1ServerMachine {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(octets(request));
  assert.equal(machine.next()?.type, "request");
  return machine;
}

function headOf(request: string): Http1RequestHead {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(octets(request));
  const event = machine.next();
  assert.ok(event?.type === "request");
  return event.head;
}
