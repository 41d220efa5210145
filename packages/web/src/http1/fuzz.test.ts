import assert from "node:assert/strict";
import { test } from "node:test";

import { Http1ClientMachine, Http1ProtocolError } from "./index.ts";
import {
  type Application,
  cutAtRandom,
  hear,
  nothing,
  octets,
  seed,
  seeded,
  soak,
} from "./testing/conversation.test.ts";

/** Good messages, and the places where bad ones are made of them. */
const requests = [
  "GET /a?b=c HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
  "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
  "GET http://b/c HTTP/1.1\r\nHost: a\r\nConnection: upgrade, keep-alive\r\nUpgrade: x/1, y\r\n\r\n",
  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\r\nOPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
];

const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=5\r\n\r\nhello",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
  "HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\nuntil the end",
];

/** What parsers stumble over. */
const crumbs = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "0",
  "5",
  "f",
  "\xff",
  "\r\n\r\n",
  "chunked",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: a\r\n",
  "HTTP/1.1",
  "%",
  "[",
  "]",
  "-1",
  "99999999999999999999",
];

/** Changes a message a few times: octets replaced, parts dropped, doubled, or moved in from another message. */
function mutate(text: string, others: readonly string[], random: () => number): string {
  let mutated = text;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let n = Math.floor(random() * 4); n >= 0; n--) {
    const at = Math.floor(random() * (mutated.length + 1));
    const length = Math.floor(random() * 6);
    const other = pick(others);
    const from = Math.floor(random() * other.length);
    const inserted = pick([
      "",
      pick(crumbs),
      mutated.slice(at, at + length).repeat(2),
      other.slice(from, from + 20),
      String.fromCharCode(Math.floor(random() * 256)),
    ]);
    mutated = mutated.slice(0, at) + inserted + mutated.slice(at + length);
  }
  return mutated;
}

/** Answers at once, so that bodies are discarded as well as read. */
const hasty: Application = (event) =>
  event.type === "request" && event.head.method !== "CONNECT" ? [{ type: "response", status: 200, body: "ok" }] : [];

test(`broken requests are refused, and nothing else happens (HAWSER_SEED=${seed})`, () => {
  for (let n = 0; n < 3000 * soak; n++) {
    const random = seeded(seed + n);
    const text = mutate(requests[n % requests.length]!, requests, random);
    const app = n % 2 === 0 ? nothing : hasty;
    const message = `HAWSER_SEED=${seed + n}: ${JSON.stringify(text)}`;
    assert.doesNotThrow(() => {
      const whole = hear([octets(text)], app);
      const cut = hear(cutAtRandom(octets(text), random), app);
      assert.deepEqual(cut.events, whole.events, message);
      assert.equal(cut.output, whole.output, message);
      assert.equal(whole.machine.closing !== undefined || whole.machine.reading === "waiting", true, message);
    }, message);
  }
});

test(`broken responses are refused, and nothing else happens (HAWSER_SEED=${seed})`, () => {
  for (let n = 0; n < 3000 * soak; n++) {
    const random = seeded(seed + n);
    const text = mutate(responses[n % responses.length]!, responses, random);
    const message = `HAWSER_SEED=${seed + n}: ${JSON.stringify(text)}`;
    assert.equal(responseTo(cutAtRandom(octets(text), random)), responseTo([octets(text)]), message);
  }
});

test(`octets without any sense are refused (HAWSER_SEED=${seed})`, () => {
  for (let n = 0; n < 500 * soak; n++) {
    const random = seeded(seed + n);
    const noise = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    hear(cutAtRandom(noise, random));
    responseTo(cutAtRandom(noise, random));
  }
});

/** What a client makes of a response, on one line. */
function responseTo(chunks: readonly Uint8Array[]): string {
  const machine = new Http1ClientMachine({ now: () => 0 });
  machine.send({ type: "request", method: "GET", target: "/", host: "a" });
  let heard = "";
  const pull = (): void => {
    for (let event = machine.next(); event !== undefined; event = machine.next()) {
      if (event.type === "body") heard += Buffer.from(event.chunk).toString("latin1");
      else heard += `<${event.type}>`;
    }
  };
  try {
    for (const chunk of chunks) {
      machine.receive(chunk);
      pull();
    }
    machine.end();
    pull();
  } catch (error) {
    if (!(error instanceof Http1ProtocolError)) throw error;
    heard += `<${error.code}>`;
  }
  assert.notEqual(machine.closing, undefined);
  return heard;
}
