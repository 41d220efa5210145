import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { type HttpResponse, octets, text } from "../http/response.ts";
import { type Talk, talkTo } from "../testing/talk.test.kit.ts";

const timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const root = folder(() => text("here")).mount("count", async ({ body }) => text(`${(await body.bytes()).length}`));

test("a client that says nothing is let go after ten seconds, without a word", async () => {
  await talkTo(root, async (talk) => {
    await talk.after(9_900);
    assert.equal(talk.ended, false);
    await talk.after(200);
    assert.deepEqual([await talk.heard(), talk.ended], ["", true]);
  });
});

test("a head that dribbles in has ten seconds in all (RFC 9110 §15.5.9)", async () => {
  await talkTo(root, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nX: ");
    for (let seconds = 0; seconds < 9; seconds++) {
      talk.sayRaw("y");
      await talk.after(1_000);
    }
    assert.equal(await talk.heard(), "");
    await talk.after(1_500);
    assert.equal(await talk.heard(), timeout);
    assert.equal(talk.ended, true);
  });
});

test("a body that stops coming is 408, and its reader is told", async () => {
  await talkTo(root, async (talk) => {
    talk.say("POST /count HTTP/1.1", "Host: a", "Content-Length: 10", "", "four");
    await talk.after(4_900);
    assert.equal(await talk.heard(), "");
    await talk.after(200);
    assert.equal(await talk.heard(), timeout);
  });
});

test("a body that comes slowly, but not too slowly, is waited for", async () => {
  await talkTo(root, async (talk) => {
    talk.say("POST /count HTTP/1.1", "Host: a", "Content-Length: 30000", "");
    for (let sent = 0; sent < 30_000; sent += 500) {
      talk.transport.write(Buffer.alloc(500));
      await talk.after(1_000);
    }
    assert.match(await talk.heard(), /30000$/);
  });
});

test("an application may take its time: no deadline runs while it works", async () => {
  const slow = async ({ reactor }: HttpRequest) => {
    await reactor.clock.sleep(600_000);
    return text("at last");
  };
  await talkTo(slow, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await talk.after(600_000);
    assert.match(await talk.heard(), /at last$/);
  });
});

const cause = (signal: AbortSignal) => (signal.reason.cause as Error).message;

/** A handler that notes why its request was aborted. */
function silent(reasons: unknown[]): (request: HttpRequest) => Promise<HttpResponse> {
  return ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        reasons.push(cause(signal));
        reject(signal.reason);
      });
    });
}

test("a client that has closed its side waits ten seconds for a silent answer, then it is taken for gone", async () => {
  const reasons: unknown[] = [];
  await talkTo(silent(reasons), async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await talk.after(60_000);
    talk.transport.end();
    await talk.after(9_900);
    assert.deepEqual([reasons, talk.listener.connectionCount], [[], 1]);
    await talk.after(200);
    assert.deepEqual(reasons, ["The client closed its side, and the answer is silent"]);
    assert.equal(talk.listener.connectionCount, 0);
  });
});

test("a client that has closed its side gets a slow answer whole, as long as it moves on", async () => {
  async function* drops({ reactor }: HttpRequest) {
    for (let count = 0; count < 10; count++) {
      await reactor.clock.sleep(9_000);
      yield Buffer.from(`${count}`);
    }
  }
  const slow = (request: HttpRequest) => octets(drops(request), { length: 10 });
  await talkTo(slow, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    talk.transport.end();
    await talk.after(100_000);
    assert.match(await talk.heard(), /0123456789$/);
    assert.equal(talk.ended, true);
  });
});

test("a client that has closed its side and takes its answer slowly is not taken for gone", async () => {
  const reasons: unknown[] = [];
  const start = async function* ({ signal }: HttpRequest) {
    signal.addEventListener("abort", () => reasons.push(cause(signal)));
    yield Buffer.alloc(mebibytes << 20);
    await new Promise(() => {});
  };
  await talkTo(
    (request) => octets(start(request)),
    async (talk) => {
      talk.transport.pause();
      talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      talk.transport.end();
      await talk.after(30_000);
      assert.deepEqual([reasons, talk.listener.connectionCount], [[], 1]);
      talk.transport.resume();
      await talk.after(75_000);
      assert.deepEqual(reasons, ["The client closed its side, and the answer is silent"]);
    },
  );
});

test("the limits are options", async () => {
  const server = { limits: { keepAliveTimeoutMs: 1_000, requestsMax: 2 } };
  await talkTo(
    root,
    async (talk) => {
      talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await talk.after(900);
      talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assert.match(await talk.heard(), /Connection: close\r\n\r\nhere$/);
      assert.equal(talk.ended, true);
    },
    { server },
  );
});

const mebibytes = 4;
const large = () => octets(Buffer.alloc(mebibytes << 20));

/** A client that reads a little now and then. */
async function sip(talk: Talk, everyMs: number, times: number): Promise<void> {
  for (let sips = 0; sips < times; sips++) {
    await talk.after(everyMs);
    talk.transport.resume();
    await talk.after(1);
    talk.transport.pause();
  }
}

test("a client that takes nothing is given up after one to two minutes", async () => {
  await talkTo(large, async (talk) => {
    talk.transport.pause();
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await talk.after(59_000);
    assert.equal(talk.listener.connectionCount, 1);
    await talk.after(62_000);
    assert.equal(talk.listener.connectionCount, 0);
  });
});

test("a client that takes a little now and then is not", async () => {
  await talkTo(
    large,
    async (talk) => {
      talk.transport.pause();
      talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await sip(talk, 50_000, 10);
      assert.equal(talk.listener.connectionCount, 1, "after eight minutes");
      talk.transport.resume();
      await talk.side.untilOctets(mebibytes << 20);
    },
    { readOctetsPerSecond: 10_000_000 },
  );
});

test("after the last octet the server lingers for two seconds, dropping what still comes (RFC 9112 §9.6)", async () => {
  await talkTo(root, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.match(await talk.heard(), /here$/);
    assert.equal(talk.ended, true);
    talk.sayRaw("still talking ".repeat(10_000));
    await talk.after(1_500);
    assert.deepEqual([talk.closed, talk.listener.connectionCount], [false, 1]);
    await talk.after(1_000);
    assert.deepEqual([talk.closed, talk.listener.connectionCount], [true, 0]);
  });
});

test("lingering begins when the last octet has left", async () => {
  await talkTo(large, async (talk) => {
    talk.transport.pause();
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await talk.after(30_000);
    assert.equal(talk.listener.connectionCount, 1, "there is much to take yet");
    talk.transport.resume();
    await talk.side.untilCalled("end");
    await talk.after(1_000);
    assert.equal(talk.listener.connectionCount, 1);
    await talk.after(1_500);
    assert.equal(talk.listener.connectionCount, 0);
  });
});
