import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { octets, text } from "../http/response.ts";
import { WatchedStream } from "../testing/streams.test.kit.ts";
import { talkTo } from "../testing/talk.test.kit.ts";

const kibibyte = Buffer.alloc(1_024, "k");

function* endless(): Generator<Uint8Array> {
  for (;;) yield kibibyte;
}

function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

test("sixteen requests in one write are answered in one write, in order (RFC 9112 §9.3.2)", async () => {
  await talkTo(
    ({ path }) => text(path),
    async (talk) => {
      talk.sayRaw(Array.from({ length: 16 }, (_, at) => request(`/${at}`)).join(""));
      await talk.side.until(() => talk.side.text.includes("/15"));
      assert.equal(talk.side.chunks.length, 1);
      assert.deepEqual(
        talk.side.text.match(/(?<=\r\n\r\n)\/\d+/g),
        Array.from({ length: 16 }, (_, at) => `/${at}`),
      );
    },
  );
});

test("answers keep the order of the requests, whichever is ready first", async () => {
  const root = folder()
    .mount("slow", async ({ reactor }) => {
      await reactor.clock.sleep(1_000);
      return text("slow");
    })
    .mount("quick", () => text("quick"));
  await talkTo(root, async (talk) => {
    talk.sayRaw(request("/slow") + request("/quick"));
    assert.equal(await talk.heard(), "");
    await talk.after(1_000);
    assert.match(await talk.heard(), /slow.*quick/s);
  });
});

test("a stream is pulled only as fast as the client reads", async () => {
  const stream = new WatchedStream(endless());
  await talkTo(
    () => octets(stream),
    async (talk) => {
      talk.transport.pause();
      talk.sayRaw(request("/"));
      await talk.after(1_000);
      const pulled = stream.pulled;
      assert.ok(pulled > 0 && pulled < 400, `${pulled} KiB are under way`);
      await talk.after(10_000);
      assert.equal(stream.pulled, pulled, "and no more are made");
      talk.transport.resume();
      await talk.side.untilOctets(3_000_000);
      assert.ok(stream.pulled > pulled);
    },
  );
  assert.equal(stream.closed, true);
});

test("a body that nobody asks for stays with the client", async () => {
  const root = async ({ reactor }: HttpRequest) => {
    await reactor.clock.sleep(5_000);
    return text("done");
  };
  await talkTo(root, async (talk) => {
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 10000000", "");
    talk.transport.write(Buffer.alloc(10_000_000));
    await talk.after(4_000);
    assert.ok(talk.transport.pendingOctets > 9_000_000, `${talk.transport.pendingOctets} octets wait with the client`);
    await talk.after(3_000);
    assert.match(await talk.heard(), /Connection: close\r\n\r\ndone$/, "so much is not worth discarding");
  });
});

test("a body is pulled as fast as it is read", async () => {
  const seen: number[] = [];
  const root = async ({ body, reactor }: HttpRequest) => {
    let octets = 0;
    for await (const chunk of body) {
      octets += chunk.length;
      seen.push(octets);
      await reactor.clock.sleep(100);
    }
    return text(`${octets}`);
  };
  await talkTo(root, async (talk) => {
    talk.say("POST / HTTP/1.1", "Host: a", "Content-Length: 1000000", "");
    talk.transport.write(Buffer.alloc(1_000_000));
    await talk.after(450);
    assert.ok(seen.at(-1)! < 700_000, "what is not read yet waits");
    await talk.side.until(() => talk.side.text.endsWith("1000000"));
  });
});

test("what is left of a small body is dropped, and the connection goes on (RFC 9112 §9.3)", async () => {
  await talkTo(
    ({ path }) => text(path),
    async (talk) => {
      talk.say("POST /one HTTP/1.1", "Host: a", "Content-Length: 50000", "");
      assert.match(await talk.heard(), /\/one$/);
      talk.transport.write(Buffer.alloc(50_000));
      talk.sayRaw(request("/two"));
      assert.match(await talk.heard(), /\/two$/);
    },
  );
});

test("a body streams through: what comes in goes out before it has ended", async () => {
  await talkTo(
    ({ body }) => octets(body),
    async (talk) => {
      talk.say("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "", "4", "ping");
      assert.match(await talk.heard(), /\r\n4\r\nping\r\n$/);
      talk.say("4", "pong", "0", "");
      assert.equal(await talk.heard(), "4\r\npong\r\n0\r\n\r\n");
    },
  );
});

test("pipelined requests are held back while one is answered", async () => {
  const answered: string[] = [];
  const root = async ({ path, reactor }: HttpRequest) => {
    await reactor.clock.sleep(10);
    answered.push(path);
    return text("x");
  };
  const long = "y".repeat(1_000);
  await talkTo(root, async (talk) => {
    for (let at = 0; at < 990; at++) talk.sayRaw(request(`/${at}/${long}`));
    await talk.after(55);
    assert.ok(answered.length <= 6);
    assert.ok(talk.transport.pendingOctets > 500_000, `${talk.transport.pendingOctets} octets wait with the client`);
    await talk.after(20_000);
    assert.equal(answered.length, 990);
  });
});
