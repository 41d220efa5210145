import assert from "node:assert/strict";
import { test } from "node:test";

import { type Http1ClientAction, type Http1ClientEvent, Http1ClientMachine, Http1ProtocolError } from "../index.ts";
import { assertStateError, inEveryCut, octets, takeAll, wire } from "../testing/conversation.test.ts";

const get: Http1ClientAction = { type: "request", method: "GET", target: "/", host: "a" };

/** What a client hears of what a server sends after its request. */
function hear(
  chunks: readonly Uint8Array[],
  request: Http1ClientAction = get,
  end = true,
): { events: string[]; machine: Http1ClientMachine } {
  const machine = new Http1ClientMachine({ now: () => 0 });
  const events: string[] = [];
  machine.send(request);
  try {
    for (const chunk of chunks) {
      machine.receive(chunk);
      pull(machine, events);
    }
    if (end) machine.end();
    pull(machine, events);
  } catch (error) {
    if (!(error instanceof Http1ProtocolError)) throw error;
    events.push(`fault ${error.code}`);
  }
  return { events, machine };
}

function pull(machine: Http1ClientMachine, events: string[]): void {
  for (let event = machine.next(); event !== undefined; event = machine.next()) note(events, event);
}

function note(events: string[], event: Http1ClientEvent): void {
  if (event.type === "body") {
    const text = Buffer.from(event.chunk).toString("latin1");
    if (events.at(-1)?.startsWith("body ")) events.push(`${events.pop()}${text}`);
    else events.push(`body ${text}`);
  } else if (event.type === "response-end") {
    events.push(["response-end", ...[...(event.trailers ?? [])].map(([name, value]) => `${name}=${value}`)].join(" "));
  } else if (event.type === "end") events.push("end");
  else events.push(`${event.type} ${event.head.status} ${event.head.reason}`.trimEnd());
}

/** What a server sends in answer to GET, and what a client makes of it. */
const responses: Readonly<Record<string, readonly [response: string, events: readonly string[]]>> = {
  "a length": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ["response 200 OK", "body hello", "response-end", "end"],
  ],
  "an empty body": ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ["response 200 OK", "end"]],
  "no body": ["HTTP/1.1 204 No Content\r\n\r\n", ["response 204 No Content", "end"]],
  "304 with a length": ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ["response 304 Not Modified", "end"]],
  "chunks and trailers": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nSum: 5\r\n\r\n",
    ["response 200 OK", "body hello", "response-end sum=5", "end"],
  ],
  "a body until the end": ["HTTP/1.1 200 OK\r\n\r\nhello", ["response 200 OK", "body hello", "response-end"]],
  "an empty body until the end": ["HTTP/1.0 200 OK\r\n\r\n", ["response 200 OK", "response-end"]],
  "interim responses": [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204\r\n\r\n",
    ["informational 100 Continue", "informational 103 Early Hints", "response 204", "end"],
  ],
  "an empty reason": ["HTTP/1.1 204 \r\n\r\n", ["response 204", "end"]],
  "obs-text in the reason": ["HTTP/1.1 204 caf\xe9 noir\r\n\r\n", ["response 204 caf\xe9 noir", "end"]],
  "HTTP/1.3": ["HTTP/1.3 204 No Content\r\n\r\n", ["response 204 No Content", "end"]],
  "a status nobody knows": ["HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", ["response 599 Odd", "end"]],

  "two equal Content-Lengths (CVE-2026-1525)": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    ["fault bad-content-length"],
  ],
  "two different Content-Lengths": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    ["fault bad-content-length"],
  ],
  "Content-Length and Transfer-Encoding": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    ["fault ambiguous-length"],
  ],
  "gzip, chunked": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    ["fault unsupported-transfer-coding"],
  ],
  "a coding that hides the end": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    ["fault bad-transfer-encoding"],
  ],
  "Transfer-Encoding in HTTP/1.0": [
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ["fault bad-transfer-encoding"],
  ],
  "a bare LF": ["HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n", ["fault bad-line-ending"]],
  "a folded line": ["HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", ["fault obs-fold"]],
  "a bare LF in a chunk extension": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n",
    ["response 200 OK", "fault bad-chunk"],
  ],
  "no HTTP": ["SSH-2.0-OpenSSH_9.2\r\n", ["fault bad-status-line"]],
  "HTTP/2": ["HTTP/2.0 200 OK\r\n\r\n", ["fault unsupported-version"]],
  "a status of two digits": ["HTTP/1.1 20 OK\r\n\r\n", ["fault bad-status-line"]],
  "a status of four digits": ["HTTP/1.1 2000 OK\r\n\r\n", ["fault bad-status-line"]],
  "a status of 600": ["HTTP/1.1 600 Odd\r\n\r\n", ["fault bad-status-line"]],
  "101 that nobody asked for": ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ["fault unexpected-upgrade"]],
  "interim responses without end": [
    "HTTP/1.1 102 Processing\r\n\r\n".repeat(17),
    [...Array<string>(16).fill("informational 102 Processing"), "fault too-many-informational"],
  ],
  "an empty line before the response": ["\r\nHTTP/1.1 204 No Content\r\n\r\n", ["fault bad-status-line"]],
  "a second response": [
    "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    ["response 204 No Content", "fault unexpected-response"],
  ],
  nothing: ["", ["fault no-response"]],
  "half a head": ["HTTP/1.1 200", ["fault truncated"]],
  "half a body": [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
    ["response 200 OK", "body hel", "fault truncated"],
  ],
  "chunks without a last one": [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ["response 200 OK", "body hello", "fault truncated"],
  ],
};

for (const [name, [response, expected]] of Object.entries(responses)) {
  test(`a response with ${name}`, () => {
    inEveryCut(response, (chunks, how) => {
      const { events, machine } = hear(chunks);
      assert.deepEqual(events, expected, how);
      assert.equal(machine.closing, expected.at(-1)!.startsWith("fault") ? "abort" : "end", how);
    });
  });
}

test("a response to HEAD has no body, whatever its fields say (RFC 9112 §6.3)", () => {
  const request: Http1ClientAction = { ...get, method: "HEAD" };
  for (const fields of ["Content-Length: 5", "Transfer-Encoding: chunked"]) {
    const { events, machine } = hear([octets(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`)], request, false);
    assert.deepEqual(events, ["response 200 OK"]);
    assert.equal(machine.reusable, true);
  }
  assert.deepEqual(hear([octets("HTTP/1.1 200 OK\r\n\r\nhello")], request).events, [
    "response 200 OK",
    "fault unexpected-response",
  ]);
});

test("requests are written as the wire wants them", () => {
  const machine = new Http1ClientMachine({ now: () => 0 });
  const write = (action: Http1ClientAction, ...more: Http1ClientAction[]): string => {
    for (const each of [action, ...more]) machine.send(each);
    const text = takeAll(machine);
    machine.receive(octets("HTTP/1.1 204 No Content\r\n\r\n"));
    machine.next();
    assert.equal(machine.reusable, true);
    return text;
  };
  assert.equal(write(get), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(
    write({ ...get, headers: ["accept", "*/*", "host", "b"] }),
    "GET / HTTP/1.1\r\nAccept: */*\r\nHost: b\r\n\r\n",
  );
  assert.equal(write({ ...get, method: "POST" }), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  assert.equal(
    write({ ...get, method: "PUT", body: "hello" }),
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  );
  assert.equal(
    write({ ...get, method: "PUT", length: 2 }, { type: "body", chunk: "hi" }, { type: "request-end" }),
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
  );
  assert.equal(
    write(
      { ...get, method: "PUT", length: "unknown" },
      { type: "body", chunk: "hi" },
      { type: "request-end", trailers: ["sum", "2"] },
    ),
    wire`
      PUT / HTTP/1.1
      Host: a
      Transfer-Encoding: chunked

      2
      hi
      0
      Sum: 2

    `,
  );
  assert.equal(
    write({ ...get, headers: ["upgrade", "websocket", "connection", "upgrade", "te", "trailers", "connection", "te"] }),
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nTE: trailers\r\nConnection: Upgrade, te\r\n\r\n",
  );
});

test("a request that could be read as something else is refused (CVE-2026-1527)", () => {
  const machine = new Http1ClientMachine({ now: () => 0 });
  const refused: Http1ClientAction[] = [
    { ...get, method: "GET / HTTP/1.1\r\nX:" },
    { ...get, method: "" },
    { ...get, target: "" },
    { ...get, target: "/a b" },
    { ...get, target: "/\r\n" },
    { ...get, target: "/é" },
    { ...get, target: "/#a" },
    { ...get, host: "a b" },
    { ...get, host: "a\r\nb: c" },
    { ...get, host: undefined },
    { ...get, headers: ["host", "u@b"] },
    { ...get, headers: ["host", "b", "host", "b"] },
    { ...get, headers: ["upgrade", "a\r\nb: c"] },
    { ...get, headers: ["transfer-encoding", "chunked"] },
    { ...get, headers: ["a"] },
    { ...get, method: "CONNECT", target: "b:443", body: "hello" },
    { ...get, body: "☃" },
  ];
  for (const action of refused) assert.throws(() => machine.send(action), TypeError, JSON.stringify(action));
  assert.equal(takeAll(machine), "");
  assert.equal(machine.reusable, true);
});

test("interim responses are counted for each request", () => {
  const machine = new Http1ClientMachine({ now: () => 0 });
  for (let n = 0; n < 3; n++) {
    machine.send(get);
    machine.receive(octets(`${"HTTP/1.1 102 Processing\r\n\r\n".repeat(10)}HTTP/1.1 204 No Content\r\n\r\n`));
    pull(machine, []);
    assert.equal(machine.reusable, true);
  }
});

test("one request at a time", () => {
  const machine = new Http1ClientMachine({ now: () => 0 });
  machine.send(get);
  assert.equal(machine.reusable, false);
  assertStateError(() => machine.send(get), /Cannot send a request: the response to the last request is still due/);
  assertStateError(() => machine.send({ type: "body", chunk: "a" }), /still due/);
});

test("a connection that either side closes is not used again (RFC 9112 §9.3)", () => {
  const ok = "Content-Length: 0\r\n\r\n";
  const closing = { ...get, headers: ["connection", "close"] };
  assert.equal(hear([octets(`HTTP/1.1 200 OK\r\nConnection: close\r\n${ok}`)], get, false).machine.closing, "end");
  assert.equal(hear([octets(`HTTP/1.0 200 OK\r\n${ok}`)], get, false).machine.closing, "end");
  assert.equal(
    hear([octets(`HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${ok}`)], get, false).machine.closing,
    undefined,
  );
  assert.equal(hear([octets(`HTTP/1.1 200 OK\r\n${ok}`)], closing, false).machine.closing, "end");
});

test("a connection that the server has closed is not reusable, even before that is read", () => {
  const { machine } = hear([octets("HTTP/1.1 204 No Content\r\n\r\n")], get, false);
  machine.end();
  assert.equal(machine.reusable, false);
  assertStateError(() => machine.send(get), /not reusable/);
  assert.deepEqual(machine.next(), { type: "end" });
});

test("Keep-Alive tells how long the server waits", () => {
  const timeout = (value: string): number | undefined => {
    const machine = new Http1ClientMachine({ now: () => 0 });
    machine.send(get);
    machine.receive(octets(`HTTP/1.1 204 No Content\r\nKeep-Alive: ${value}\r\n\r\n`));
    const event = machine.next();
    return event?.type === "response" ? event.head.keepAliveTimeoutMs : undefined;
  };
  assert.equal(timeout("timeout=5"), 5000);
  assert.equal(timeout("max=100, timeout=72 "), 72_000);
  assert.equal(timeout("timeout=-1"), undefined);
  assert.equal(timeout("xtimeout=5"), undefined);
});

test("a response that comes before the request is complete ends the connection with it", () => {
  const { events, machine } = hear(
    [octets("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")],
    { ...get, method: "PUT", length: 1_000_000 },
    false,
  );
  assert.deepEqual(events, ["response 413 Content Too Large", "body no", "response-end"]);
  assert.equal(machine.closing, "end");
  assertStateError(() => machine.send({ type: "body", chunk: "a" }), /the connection is closing/);
});

test("a response may begin before the request ends, and end after it", () => {
  const { events, machine } = hear(
    [octets("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")],
    { ...get, method: "PUT", length: 1 },
    false,
  );
  machine.send({ type: "body", chunk: "x" });
  machine.send({ type: "request-end" });
  machine.receive(octets("k"));
  pull(machine, events);
  assert.deepEqual(events, ["response 200 OK", "body ok", "response-end"]);
  assert.equal(machine.reusable, true);
});

test("101 and 2xx to CONNECT change the protocol, and hand over what follows", () => {
  const upgrade = { ...get, headers: ["upgrade", "x"] };
  const connect = { ...get, method: "CONNECT", target: "b:443", host: "b:443" };
  for (const [request, response] of [
    [upgrade, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"],
    [connect, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ] as const) {
    inEveryCut(`${response}rest`, (chunks, how) => {
      const { events, machine } = hear(chunks, request, false);
      assert.equal(events.length, 1, how);
      assert.match(events[0]!, /^upgraded/);
      assert.equal(machine.closing, "upgraded");
      assert.equal(Buffer.from(machine.takeRest()).toString(), "rest", how);
    });
  }
});

test("the protocol does not change before the request is complete (RFC 9110 §7.8)", () => {
  const request: Http1ClientAction = { ...get, method: "POST", headers: ["upgrade", "x"], length: 5 };
  const response = octets("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
  assert.deepEqual(hear([response], request).events, ["fault unexpected-upgrade"]);
});

test("CONNECT that is refused is a response like others", () => {
  const connect = { ...get, method: "CONNECT", target: "b:443", host: "b:443" };
  const { events, machine } = hear([octets("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")], connect, false);
  assert.deepEqual(events, ["response 403 Forbidden", "body no", "response-end"]);
  assert.equal(machine.reusable, true);
});

test("a request that is given up cuts the connection", () => {
  const machine = new Http1ClientMachine({ now: () => 0 });
  machine.send({ ...get, method: "PUT", length: 5 });
  machine.send({ type: "abandon" });
  assert.equal(machine.closing, "abort");
  assert.equal(takeAll(machine), "");
});
