import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ConnectionError, type IpAddress, type ListenOptions, listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { selfSignedCertificate } from "@hawser/core/testing";
import { HttpError, type HttpRequest, httpServer, octets } from "@hawser/web";
import { DnsProtocolError } from "../errors.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsClient, type DnsClientOptions } from "./dns-client.ts";
import type { DnsServerPlace } from "./exchanger.ts";

const pair = selfSignedCertificate({ names: ["dns.example", "127.0.0.1"] });
const directory = mkdtempSync(join(tmpdir(), "hawser-dns-"));
const pem = join(directory, "dns.pem");
writeFileSync(pem, `${pair.certificate}${pair.key}`);
after(() => rmSync(directory, { recursive: true }));

const tls = { ca: [pair.certificate] };
const name = parseDomainName("www.example");
const message = { questions: [{ name, type: "A", class: 1 }] } as const;
const record = parseDnsRecord("www.example. 60 IN A 192.0.2.1");

/** Answers everything with one address, and remembers what was asked. */
function plugin(seen: Uint8Array[] = []): DnsPlugin {
  return {
    name: "one",
    wrap: () => (request) => {
      seen.push(request.query.octets);
      return dnsResponse({ answers: encodeDnsSets([record]) });
    },
  };
}

async function withServer(
  factory: Parameters<typeof listen>[1],
  options: DnsClientOptions,
  body: (client: DnsClient, place: Pick<DnsServerPlace, "host" | "port" | "serverName">) => Promise<void>,
  listenOptions: ListenOptions = {},
): Promise<void> {
  await using listener = await listen(
    `tls:0:interface=127.0.0.1:cert=${pem.replaceAll(":", "\\:")}`,
    factory,
    listenOptions,
  );
  await using client = new DnsClient(nodeReactor, options);
  const { port } = listener.addresses[0] as IpAddress;
  await body(client, { host: "127.0.0.1", port, serverName: "dns.example" });
}

describe("DNS over TLS (RFC 7858)", () => {
  test("verifies the name, pads questions, and puts many on one connection", () => {
    const seen: Uint8Array[] = [];
    return withServer(dnsServer(plugin(seen)), { tls }, async (client, place) => {
      const ask = () => client.exchange(message, { ...place, transport: "tls" });
      const answers = await Promise.all(Array.from({ length: 20 }, ask));
      assert.ok(answers.every((answer) => answer.answers.length === 1));
      assert.equal(client.counters.connections, 1);
      assert.ok(seen.every((octets) => octets.length % 128 === 0));
      const options = decodeDnsMessage(seen[0]!).edns?.options.map(({ type }) => type);
      assert.deepEqual(options, ["tcp-keepalive", "padding"]);
    });
  });

  test("refuses a certificate for another name, or of nobody it trusts (RFC 8310 §5)", () =>
    withServer(dnsServer(plugin()), { tls }, async (client, place) => {
      const isBad = (error: unknown) => error instanceof ConnectionError && error.code === "bad-certificate";
      await assert.rejects(
        client.exchange(message, { ...place, transport: "tls", serverName: "other.example" }),
        isBad,
      );
      await using stranger = new DnsClient(nodeReactor);
      await assert.rejects(stranger.exchange(message, { ...place, transport: "tls" }), isBad);
      await using careless = new DnsClient(nodeReactor, { tls: { verify: false } });
      assert.equal((await careless.exchange(message, { ...place, transport: "tls" })).answers.length, 1);
    }));
});

describe("DNS over HTTPS (RFC 8484)", () => {
  const requests: { readonly method: string; readonly target: string; readonly octets: Uint8Array }[] = [];
  const site = httpServer(async (request: HttpRequest) => {
    const { method } = request;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/gone") throw new HttpError(404);
    if (pathname === "/text") return octets(Buffer.from("hello"), { type: "text/plain" });
    if (pathname === "/long") return octets(Buffer.alloc(70_000), { type: "application/dns-message" });
    const posted: Uint8Array[] = [];
    for await (const chunk of request.body) posted.push(chunk);
    const asked = method === "GET" ? Buffer.from(searchParams.get("dns")!, "base64url") : Buffer.concat(posted);
    requests.push({ method, target: pathname, octets: asked });
    const query = decodeDnsMessage(asked);
    const questions = pathname === "/other" ? [{ ...query.questions[0]!, type: "MX" as const }] : query.questions;
    const answer = encodeDnsMessage({ id: query.id, response: true, questions, answers: [record] });
    return octets(answer, { type: "application/dns-message" });
  });

  for (const httpsMethod of ["POST", "GET"] as const)
    test(`asks by ${httpsMethod}, with id 0 and padding, and keeps connections`, () =>
      withServer(site, { tls, httpsMethod }, async (client, place) => {
        requests.length = 0;
        const ask = () => client.exchange(message, { ...place, transport: "https", path: "/dns-query" });
        for (let i = 0; i < 3; i++) assert.equal((await ask()).answers.length, 1);
        assert.equal(client.counters.connections, 1);
        const all = await Promise.all(Array.from({ length: 20 }, ask));
        assert.ok(all.every((answer) => answer.answers.length === 1));
        assert.equal(client.counters.connections, 6);
        assert.ok(
          requests.every(
            ({ method, target, octets: asked }) =>
              method === httpsMethod &&
              target === "/dns-query" &&
              asked.length % 128 === 0 &&
              asked[0] === 0 &&
              asked[1] === 0,
          ),
        );
      }));

  test("tells what is no answer", () =>
    withServer(site, { tls }, async (client, place) => {
      const ask = (path: string) => client.exchange(message, { ...place, transport: "https", path });
      await assert.rejects(ask("/gone"), /its status is 404/);
      await assert.rejects(ask("/text"), /another media type/);
      await assert.rejects(ask("/long"), /longer than a message/);
      await assert.rejects(ask("/other"), DnsProtocolError);
      assert.equal((await ask("/dns-query")).answers.length, 1);
    }));

  test("verifies the name, and heeds its signal", () =>
    withServer(site, { tls }, async (client, place) => {
      const bad = client.exchange(message, { ...place, transport: "https", serverName: "other.example" });
      await assert.rejects(bad, (error) => error instanceof ConnectionError && error.code === "bad-certificate");
      const controller = new AbortController();
      const asked = client.exchange(message, { ...place, transport: "https" }, { signal: controller.signal });
      controller.abort(new Error("enough"));
      await assert.rejects(asked, /enough/);
    }));
});
