import assert from "node:assert/strict";
import { test } from "node:test";

import { Http1ClientMachine, Http1ServerMachine, http1ClientLimits, http1Limits } from "../index.ts";
import { octets, takeAll } from "../testing/conversation.test.ts";

const { headTimeoutMs, keepAliveTimeoutMs, bodyGraceMs, bodyIdleTimeoutMs, bodyOctetsPerSecondMin } = http1Limits;
const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A machine at a place where time is ours. */
class Scene {
  now = 1000;
  readonly server: Http1ServerMachine = new Http1ServerMachine({ now: () => this.now });

  /** Octets arrive; the events they make. */
  hear(text: string): (string | undefined)[] {
    this.server.receive(octets(text));
    return [this.server.next()?.type, this.server.next()?.type];
  }

  /** Time passes, and the deadline is looked at, as a driver does. */
  wait(ms: number): void {
    this.now += ms;
    this.server.expire(this.now);
  }
}

test("a connection on which nothing is said closes without a word", () => {
  const scene = new Scene();
  assert.equal(scene.server.deadline, 1000 + headTimeoutMs);
  scene.wait(headTimeoutMs - 1);
  assert.equal(scene.server.closing, undefined);
  scene.wait(1);
  assert.equal(scene.server.closing, "end");
  assert.equal(takeAll(scene.server), "");
  assert.equal(scene.server.deadline, undefined);
});

test("a head that dribbles in gets no more time with each octet, and is told 408", () => {
  const scene = new Scene();
  for (const octet of "GET / HTTP") {
    scene.wait(900);
    scene.hear(octet);
  }
  assert.equal(scene.server.deadline, 1000 + headTimeoutMs);
  scene.wait(1000);
  assert.throws(() => scene.server.next(), { code: "head-timeout", status: 408 });
});

test("an idle connection is kept for a while, and the next head has its own time", () => {
  const scene = new Scene();
  scene.hear(get);
  assert.equal(scene.server.deadline, undefined, "the application may take its time");
  scene.wait(100_000);
  scene.server.send({ type: "response", status: 204 });
  assert.equal(scene.server.next(), undefined);
  assert.equal(scene.server.deadline, scene.now + keepAliveTimeoutMs);
  scene.wait(keepAliveTimeoutMs - 1);
  scene.hear("GET");
  assert.equal(scene.server.deadline, scene.now + headTimeoutMs);
});

test("a connection is idle from the end of its last response on, however long that took", () => {
  const scene = new Scene();
  scene.hear(get + get);
  scene.server.send({ type: "response", status: 204 });
  assert.equal(scene.server.next()?.type, "request", "the second one");
  scene.server.send({ type: "response", status: 200, length: 2 });
  for (const chunk of ["o", "k"]) {
    scene.wait(keepAliveTimeoutMs);
    scene.server.send({ type: "body", chunk });
  }
  scene.wait(keepAliveTimeoutMs);
  scene.server.send({ type: "response-end" });
  assert.equal(scene.server.next(), undefined);
  assert.equal(scene.server.deadline, scene.now + keepAliveTimeoutMs);
});

test("nor is it idle while the body of an answered request arrives", () => {
  const scene = new Scene();
  scene.hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  scene.server.send({ type: "response", status: 204 });
  scene.wait(1000);
  assert.deepEqual(scene.hear("ok"), [undefined, undefined]);
  assert.equal(scene.server.deadline, scene.now + keepAliveTimeoutMs);
});

test("an idle connection closes without a word", () => {
  const scene = new Scene();
  scene.hear(get);
  scene.server.send({ type: "response", status: 204 });
  scene.server.next();
  takeAll(scene.server);
  scene.wait(keepAliveTimeoutMs);
  assert.equal(scene.server.closing, "end");
  assert.equal(takeAll(scene.server), "");
});

const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

test("a body that does not come is told 408", () => {
  const scene = new Scene();
  assert.deepEqual(scene.hear(post), ["request", undefined]);
  assert.equal(scene.server.deadline, scene.now + bodyGraceMs);
  scene.wait(bodyGraceMs);
  assert.throws(() => scene.server.next(), { code: "body-timeout", status: 408 });
});

test("each octet of a body earns time, up to the time of one wait", () => {
  const scene = new Scene();
  scene.hear(post);
  assert.deepEqual(scene.hear("x".repeat(bodyOctetsPerSecondMin)), ["body", undefined]);
  assert.equal(scene.server.deadline, scene.now + bodyGraceMs + 1000);
  scene.wait(4000);
  scene.hear("x");
  assert.ok(scene.server.deadline! < scene.now + bodyGraceMs - 2900);
  scene.hear("x".repeat(50_000));
  assert.equal(scene.server.deadline, scene.now + bodyIdleTimeoutMs);
});

test("octets that come with the head earn time too", () => {
  const scene = new Scene();
  scene.server.receive(octets(post + "x".repeat(bodyOctetsPerSecondMin)));
  while (scene.server.next() !== undefined);
  assert.equal(scene.server.deadline, scene.now + bodyGraceMs + 1000);
});

test("a body slower than the least rate is cut, however regular it is", () => {
  const scene = new Scene();
  scene.hear(post);
  let seconds = 0;
  assert.throws(
    () => {
      for (; seconds < 30; seconds++) {
        scene.hear("x".repeat(100));
        scene.wait(1000);
      }
    },
    { code: "body-timeout" },
  );
  // 5 s of grace, and 100/240 s earned in each second.
  assert.equal(seconds, 9);
});

test("no time passes for the client while the application does not read", () => {
  const scene = new Scene();
  scene.hear(post);
  scene.wait(bodyGraceMs - 1);
  scene.server.receive(octets("x"));
  assert.equal(scene.server.deadline, undefined);
  scene.wait(100_000);
  assert.equal(scene.server.next()?.type, "body");
});

test("a body that is discarded too slowly closes without a second answer", () => {
  const scene = new Scene();
  scene.hear("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  scene.server.send({ type: "response", status: 204 });
  assert.equal(scene.server.next(), undefined);
  takeAll(scene.server);
  scene.wait(bodyGraceMs);
  assert.equal(scene.server.next(), undefined);
  assert.equal(scene.server.closing, "end");
  assert.equal(takeAll(scene.server), "");
});

test("a client waits for the head of a response from the end of its request", () => {
  let now = 0;
  const client = new Http1ClientMachine({ now: () => now });
  assert.equal(client.deadline, undefined);
  client.send({ type: "request", method: "POST", target: "/", host: "a", length: 2 });
  assert.equal(client.deadline, undefined);
  now = 500;
  client.send({ type: "body", chunk: "ab" });
  client.send({ type: "request-end" });
  client.receive(octets("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1"));
  client.next();
  assert.equal(client.next(), undefined);
  assert.equal(client.deadline, 500 + http1ClientLimits.responseTimeoutMs);
  client.expire(client.deadline!);
  assert.throws(() => client.next(), { code: "response-timeout", status: 504 });
  assert.equal(client.closing, "abort");
});

test("a client lets a response take its time, but not fall silent", () => {
  let now = 0;
  const client = new Http1ClientMachine({ now: () => now });
  client.send({ type: "request", method: "GET", target: "/", host: "a" });
  client.receive(octets("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  client.next();
  for (let n = 0; n < 10; n++) {
    assert.equal(client.next(), undefined);
    now += 200_000;
    client.expire(now);
    client.receive(octets("x"));
    assert.equal(client.next()?.type, "body");
  }
  client.next();
  client.expire(now + http1ClientLimits.bodyIdleTimeoutMs);
  assert.throws(() => client.next(), { code: "body-timeout" });
});
