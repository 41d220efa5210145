import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, listen, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { folder, httpServer } from "@hawser/web";
import { decodeDnsMessage } from "../../message/decode.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { question, recordsPlugin } from "../../serving/conversation.test.kit.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { dnsOverHttps } from "./dns-over-https.ts";

const records = recordsPlugin("www.example. 60 IN A 192.0.2.1", "www.example. 60 IN A 192.0.2.2");
const asked = encodeDnsMessage(question("www.example", "A", { id: 0 }));
const inUrl = (octets: Uint8Array): string => `/dns-query?dns=${Buffer.from(octets).toString("base64url")}`;
const typed = "content-type: application/dns-message";

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: Uint8Array;
}

/** Says a request over a connection of its own, and hears all of the answer. */
async function say(
  reactor: Reactor,
  method: string,
  target: string,
  fields: readonly string[] = [],
  body?: Uint8Array,
) {
  const transport = await connect("tcp:localhost:80", undefined, { reactor });
  const chunks: Uint8Array[] = [];
  const length = body === undefined ? [] : [`content-length: ${body.length}`];
  const head = [`${method} ${target} HTTP/1.1`, "host: localhost", "connection: close", ...length, ...fields];
  transport.write(`${head.join("\r\n")}\r\n\r\n`);
  if (body !== undefined) transport.write(body);
  await new Promise<void>((resolve) =>
    transport.start({ data: (chunk) => chunks.push(chunk), end: () => transport.end(), closed: () => resolve() }),
  );
  return answerIn(Buffer.concat(chunks));
}

function answerIn(octets: Buffer): Answer {
  const end = octets.indexOf("\r\n\r\n");
  const head = octets.toString("latin1", 0, end).toLowerCase();
  return { status: Number(head.slice(9, 12)), head, body: octets.subarray(end + 4) };
}

async function withSite(plugin: DnsPlugin, run: (reactor: Reactor) => Promise<void>): Promise<void> {
  const reactor = memoryReactor();
  await using resource = dnsOverHttps(plugin);
  await using _ = await listen("tcp:80", httpServer(folder().mount("dns-query", resource)), { reactor });
  await run(reactor);
}

test("GET and POST are answered with a message, for as long as its records live (RFC 8484 §4.2, §5.1)", () =>
  withSite(records, async (reactor) => {
    for (const answer of [
      await say(reactor, "GET", inUrl(asked)),
      await say(reactor, "POST", "/dns-query", [typed], asked),
      await say(reactor, "POST", "/dns-query", ["content-type: Application/DNS-Message; a=b"], asked),
    ]) {
      assert.equal(answer.status, 200);
      assert.match(answer.head, /content-type: application\/dns-message/);
      assert.match(answer.head, /cache-control: max-age=60/);
      const { id, answers } = decodeDnsMessage(answer.body);
      assert.deepEqual([id, answers.length], [0, 2]);
    }
    assert.equal((await say(reactor, "HEAD", inUrl(asked))).body.length, 0);
  }));

test("denials live as long as their SOA says, failures not at all", () => {
  const soa = encodeDnsSets([parseDnsRecord("example. 900 IN SOA ns.example. host.example. 1 2 3 4 300")]);
  let response = dnsResponse({ rcode: 3, authorities: soa });
  return withSite({ name: "denial", wrap: () => () => response }, async (reactor) => {
    assert.match((await say(reactor, "GET", inUrl(asked))).head, /max-age=300/);
    response = dnsResponse({ rcode: 2, authorities: soa });
    const failed = await say(reactor, "GET", inUrl(asked));
    assert.equal(failed.status, 200);
    assert.match(failed.head, /max-age=0/);
    response = dnsResponse({});
    assert.match((await say(reactor, "GET", inUrl(asked))).head, /max-age=0/);
  });
});

test("what is no question in a request is refused in HTTP's words", () =>
  withSite(records, async (reactor) => {
    const statusOf = async (...words: readonly [string, string, (readonly string[])?, Uint8Array?]) =>
      (await say(reactor, ...words)).status;
    assert.equal(await statusOf("GET", "/dns-query"), 400);
    assert.equal(await statusOf("GET", "/dns-query?dns="), 400);
    assert.equal(await statusOf("GET", "/dns-query?dns=AAAA%3D"), 400);
    assert.equal(await statusOf("GET", "/dns-query?dns=A%20B"), 400);
    assert.equal(await statusOf("GET", inUrl(asked.subarray(0, 11))), 400);
    assert.equal(await statusOf("GET", inUrl(encodeDnsMessage({ response: true }))), 400);
    assert.equal(await statusOf("POST", "/dns-query", [], asked), 415);
    assert.equal(await statusOf("POST", "/dns-query", ["content-type: text/plain"], asked), 415);
    assert.equal(await statusOf("POST", "/dns-query", [typed], new Uint8Array(65_536)), 413);
    assert.match(
      (await say(reactor, "PUT", "/dns-query", [typed], asked)).head,
      /^http\/1.1 405.*allow: get, head, post/s,
    );
  }));

test("faults of messages are answered in DNS (RFC 8484 §4.2.1)", () =>
  withSite(records, async (reactor) => {
    const twice = Buffer.from("000000000002000000000000016100000100010162000001000 1".replaceAll(" ", ""), "hex");
    const { status, body } = await say(reactor, "POST", "/dns-query", [typed], twice);
    assert.deepEqual([status, decodeDnsMessage(body).rcode], [200, 1]);
  }));

test("what plugins drop is forbidden, and padding is answered (RFC 8467 §4.1)", async () => {
  await withSite({ name: "drop", wrap: () => () => ({ type: "drop" }) }, async (reactor) => {
    assert.equal((await say(reactor, "GET", inUrl(asked))).status, 403);
  });
  await withSite(records, async (reactor) => {
    const edns = { options: [{ type: "padding", octetCount: 1 }] } as const;
    const padded = encodeDnsMessage(question("www.example", "A", { edns }));
    assert.equal((await say(reactor, "GET", inUrl(padded))).body.length, 468);
  });
});

test("work is aborted for who has gone, and a transfer is one message or SERVFAIL", async () => {
  const signals: AbortSignal[] = [];
  const slow: DnsPlugin = {
    name: "slow",
    wrap: () => (request) =>
      new Promise((_, reject) => {
        signals.push(request.signal);
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
      }),
  };
  await withSite(slow, async (reactor) => {
    const transport = await connect("tcp:localhost:80", undefined, { reactor });
    transport.start({ data: () => {}, end: () => {}, closed: () => {} });
    transport.write(`GET ${inUrl(asked)} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    while (signals.length === 0) await reactor.clock.sleep(1);
    transport.abort();
    await new Promise((resolve) => signals[0]!.addEventListener("abort", resolve));
  });
  const [soa] = encodeDnsSets([parseDnsRecord("example. 900 IN SOA ns.example. host.example. 1 2 3 4 300")]);
  const many = (count: number) => ({
    ...soa!,
    type: 16,
    data: Array.from({ length: count }, () => new Uint8Array(200)),
  });
  let count = 100;
  const transfer: DnsPlugin = {
    name: "transfer",
    wrap: () => () => ({ type: "transfer", sets: [soa!, many(count), soa!] }),
  };
  await withSite(transfer, async (reactor) => {
    const axfr = encodeDnsMessage(question("example", "AXFR"));
    assert.equal(decodeDnsMessage((await say(reactor, "GET", inUrl(axfr))).body).answers.length, 102);
    count = 1_000;
    assert.equal(decodeDnsMessage((await say(reactor, "GET", inUrl(axfr))).body).answers.length, 1);
  });
});

test("one server answers on all transports, and its plugins are started once", async () => {
  const calls: string[] = [];
  const plugin: DnsPlugin = {
    ...records,
    started: () => void calls.push("started"),
    stopped: () => void calls.push("stopped"),
  };
  const reactor = memoryReactor();
  const server = dnsServer(plugin);
  const resource = dnsOverHttps(server);
  const clear = await listen("tcp:53", server, { reactor });
  const site = await listen("tcp:80", httpServer(resource), { reactor });
  assert.equal((await say(reactor, "GET", inUrl(asked))).status, 200);
  await clear.stop();
  assert.equal((await say(reactor, "GET", inUrl(asked))).status, 200);
  await site.stop();
  await resource[Symbol.asyncDispose]();
  await resource[Symbol.asyncDispose]();
  assert.deepEqual(calls, ["started", "stopped"]);
});
