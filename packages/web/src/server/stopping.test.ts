import assert from "node:assert/strict";
import { test } from "node:test";
import type { Protocol, Transport } from "@hawser/core";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { text, upgrade } from "../http/response.ts";
import { talkTo } from "../testing/talk.test.kit.ts";

const root = folder(() => text("here")).mount("slow", async ({ reactor }: HttpRequest) => {
  await reactor.clock.sleep(1_000);
  return text("done");
});

test("an idle connection is closed when the server stops, after a moment", async () => {
  await talkTo(root, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.match(await talk.heard(), /here$/);
    const stopped = talk.listener.stop();
    await talk.after(240);
    assert.equal(talk.ended, false);
    await talk.after(20);
    assert.equal(talk.ended, true);
    talk.transport.end();
    await stopped;
  });
});

test("a request that crosses the stop is answered, and the answer says that it is the last (RFC 9112 §9.5)", async () => {
  await talkTo(root, async (talk) => {
    const stopped = talk.listener.stop();
    await talk.after(100);
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.match(await talk.heard(), /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n\r\nhere$/s);
    assert.equal(talk.ended, true);
    talk.transport.end();
    await stopped;
  });
});

test("a request under way is finished, and those behind it are not begun", async () => {
  await talkTo(root, async (talk) => {
    talk.sayRaw("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await talk.after(500);
    const stopped = talk.listener.stop();
    await talk.after(400);
    assert.equal(talk.ended, false);
    await talk.after(100);
    assert.match(await talk.heard(), /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n\r\ndone$/s);
    assert.equal(talk.ended, true);
    talk.transport.end();
    await stopped;
  });
});

test("what is not finished within the grace is aborted", async () => {
  let signal: AbortSignal | undefined;
  const never = (request: HttpRequest) => {
    signal = request.signal;
    return new Promise<never>(() => {});
  };
  await talkTo(never, async (talk) => {
    talk.sayRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await talk.after(10);
    await talk.listener.stop({ graceMs: 3_000 });
    await talk.after(10);
    assert.equal(talk.closed, true);
    assert.equal(signal?.aborted, true);
  });
});

test("who comes after the stop is turned away", async () => {
  await talkTo(root, async (talk) => {
    const stopped = talk.listener.stop();
    await assert.rejects(talk.world.connect("tcp:server:80"), { code: "refused" });
    await stopped;
  });
});

test("a protocol that took the connection over is told to drain, in its own way", async () => {
  const take = (transport: Transport): Protocol => ({
    data: () => {},
    end: () => transport.end(),
    closed: () => {},
    drain: () => {
      transport.writeLatin1("going away");
      transport.end();
    },
  });
  await talkTo(
    () => upgrade("shout", take),
    async (talk) => {
      talk.say("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: shout", "");
      assert.match(await talk.heard(), /^HTTP\/1\.1 101 /);
      const stopped = talk.listener.stop();
      assert.equal(await talk.heard(), "going away");
      talk.transport.end();
      await stopped;
    },
  );
});
