import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transport } from "@hawser/core";
import { plainKeyPair, simulate, type World } from "@hawser/core/simulation";
import type { HttpRoot } from "../http/resource.ts";
import { text } from "../http/response.ts";
import { securityHeaders } from "../resources/security-headers.ts";
import { sessionOf, withSessions } from "../session/session.ts";
import { Talk } from "../testing/talk.test.kit.ts";
import { httpServer } from "./server.ts";

/** Lets a client that offers these protocols talk to a server on TLS. */
async function talkSecurely(
  root: HttpRoot,
  alpn: string[],
  conversation: (talk: Talk) => Promise<void>,
): Promise<void> {
  await simulate({}, async (world) => {
    const server = { reactor: world.host("server"), keyPair: () => plainKeyPair("server") };
    const listener = await world.listen("tls:443", httpServer(root), server);
    const transport = await connectSecurely(world, alpn);
    await conversation(new Talk(world, listener, transport));
    transport.abort();
  });
}

async function connectSecurely(world: World, alpn: string[]): Promise<Transport> {
  const transport = await world.connect("tcp:server:443", undefined, { reactor: world.host("client") });
  await transport.startTls({ side: "client", serverName: "server", alpn });
  return transport;
}

test("on TLS the scheme, the session's cookie and the security headers are those of TLS", async () => {
  const site = securityHeaders(
    withSessions((request) => {
      sessionOf(request).data["seen"] = true;
      return text(request.url);
    }),
  );
  await talkSecurely(site, ["h2", "http/1.1"], async (talk) => {
    assert.equal(talk.transport.security?.alpn, "http/1.1");
    talk.say("GET /a HTTP/1.1", "Host: server", "");
    const heard = await talk.heard();
    assert.match(heard, /Strict-Transport-Security: max-age=31536000\r\n/);
    assert.match(heard, /Set-Cookie: __Host-session=[\w-]{22}; Path=\/; Secure; HttpOnly; SameSite=Lax\r\n/);
    assert.match(heard, /\r\n\r\nhttps:\/\/server\/a$/);
  });
});

test("a client that came for another protocol is refused by TLS (RFC 7301 §3.2)", async () => {
  const never = () => text("");
  const refused = talkSecurely(never, ["imap"], async () => {});
  await assert.rejects(refused, /no_application_protocol/);
});
