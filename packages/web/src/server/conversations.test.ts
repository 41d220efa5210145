import { transcripts } from "@hawser/core/testing";
import { HttpError } from "../http/error.ts";
import { HttpHeaders } from "../http/headers.ts";
import type { HttpRequest } from "../http/request.ts";
import { folder } from "../http/resource.ts";
import { empty, octets, text, tunnel, upgrade } from "../http/response.ts";
import { echoing } from "../testing/echoing.test.kit.ts";
import { httpServer } from "./server.ts";

async function* pieces(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function trailersOf(request: HttpRequest): Promise<string> {
  await request.body.bytes();
  return [...(request.body.trailers ?? [])].map((field) => field.join("=")).join(" ");
}

function counted(...parts: readonly string[]) {
  const answer = octets(pieces(...parts), { type: "text/plain" });
  answer.trailers = () => new HttpHeaders([["x-count", `${parts.length}`]]);
  return answer;
}

const root = folder((request) => text(`${request.method} ${request.host} ${request.path}`))
  .mount("echo", async (request) => text(await request.body.text()))
  .mount("trailers", async (request) => text(await trailersOf(request)))
  .mount("stream", () => counted("one ", "two"))
  .mount("known", () => octets(pieces("one ", "two"), { type: "text/plain", length: 7 }))
  .mount("bytes", () => octets(Buffer.from("bytes")))
  .mount("nothing", () => empty())
  .mount("umlaut", () => text("ü"))
  .mount("hints", (request) => {
    request.inform(103, new HttpHeaders([["link", "</style.css>; rel=preload"]]));
    return text("hinted");
  })
  .mount("read-only", () => {
    throw new HttpError(405, undefined, { headers: { allow: "GET, HEAD" } });
  })
  .mount("private", () => {
    throw new HttpError(401, "Who are you?", { headers: { "www-authenticate": 'Basic realm="x"' } });
  })
  .mount("goodbye", () => text("bye", { headers: { connection: "close" } }))
  .mount("shout", () =>
    upgrade(
      "shout",
      echoing((heard) => heard.toUpperCase()),
    ),
  );

const server = { server: () => httpServer(root, { connect: () => tunnel(echoing((heard) => heard)) }) };
const proxyless = { server: () => httpServer(root) };

transcripts("HTTP server", server, {
  "a connection is kept between requests (RFC 9112 §9.3)": `
    C: GET / HTTP/1.1
    C: Host: example.org
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 17
    S:
    S| GET example.org /
    C: GET /nothing HTTP/1.1
    C: Host: example.org
    C:
    S: HTTP/1.1 204 No Content
    S: Date: …
    S:`,

  "an idle connection is closed without a word": `
    C: GET /nothing HTTP/1.1
    C: Host: example.org
    C:
    S: HTTP/1.1 204 No Content
    S: Date: …
    S:
    (after 15 s)
    S: (closes)`,

  "Connection: close ends it (RFC 9112 §9.6)": `
    C: GET /bytes HTTP/1.1
    C: Host: a
    C: Connection: close
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: application/octet-stream
    S: Content-Length: 5
    S: Connection: close
    S:
    S| bytes
    S: (closes)`,

  "the application may end it too": `
    C: GET /goodbye HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 3
    S: Connection: close
    S:
    S| bye
    S: (closes)`,

  "text is UTF-8 and its length is in octets": `
    C: GET /umlaut HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 2
    S:
    S| \\xc3\\xbc`,

  "a client that closes its side still gets its answer": `
    C: GET /bytes HTTP/1.1
    C: Host: a
    C:
    C: (closes)
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: application/octet-stream
    S: Content-Length: 5
    S:
    S| bytes
    S: (closes)`,

  "HTTP/1.0 needs no Host and gets one answer (RFC 9112 §9.3)": `
    C: GET / HTTP/1.0
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 6
    S: Connection: close
    S:
    S| GET  /
    S: (closes)`,

  "HTTP/1.0 with keep-alive is kept, and told for how long": `
    C: GET /bytes HTTP/1.0
    C: Connection: keep-alive
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: application/octet-stream
    S: Content-Length: 5
    S: Connection: keep-alive
    S: Keep-Alive: timeout=15
    S:
    S| bytes`,

  "HTTP/1.0 gets a stream until the connection ends, without chunks and trailers (RFC 9112 §6.3)": `
    C: GET /stream HTTP/1.0
    C: Connection: keep-alive
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain
    S: Connection: close
    S:
    S| one two
    S: (closes)`,

  "a body comes in chunks (RFC 9112 §7.1)": `
    C: POST /echo HTTP/1.1
    C: Host: a
    C: Transfer-Encoding: chunked
    C:
    C: 3
    C: abc
    C: 2;name=value
    C: de
    C: 0
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 5
    S:
    S| abcde`,

  "a body of a known length": `
    C: POST /echo HTTP/1.1
    C: Host: a
    C: Content-Length: 5
    C:
    C| hello
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 5
    S:
    S| hello`,

  "trailers of a request stay apart (RFC 9112 §7.1.2)": `
    C: POST /trailers HTTP/1.1
    C: Host: a
    C: Transfer-Encoding: chunked
    C:
    C: 1
    C: x
    C: 0
    C: X-Sum: 42
    C: X-Who: me
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 17
    S:
    S| x-sum=42 x-who=me`,

  "a stream goes out in chunks, trailers behind it (RFC 9110 §6.5)": `
    C: GET /stream HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain
    S: Transfer-Encoding: chunked
    S:
    S: 4
    S: one\\x20
    S: 3
    S: two
    S: 0
    S: X-Count: 2
    S:`,

  "a stream of a known length goes out as it is": `
    C: GET /known HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain
    S: Content-Length: 7
    S:
    S| one two`,

  "HEAD is answered as GET, without the body (RFC 9110 §9.3.2)": `
    C: HEAD / HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 8
    S:
    C: HEAD /bytes HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: application/octet-stream
    S: Content-Length: 5
    S:
    C: HEAD /known HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain
    S: Content-Length: 7
    S:
    C: HEAD /stream HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain
    S:
    C: GET /nothing HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 204 No Content
    S: Date: …
    S:`,

  "100 Continue comes when the body is asked for (RFC 9110 §10.1.1)": `
    C: POST /echo HTTP/1.1
    C: Host: a
    C: Content-Length: 5
    C: Expect: 100-continue
    C:
    S: HTTP/1.1 100 Continue
    S:
    C| hello
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 5
    S:
    S| hello`,

  "a request that is refused before its body gets no 100, and ends the connection": `
    C: POST /private HTTP/1.1
    C: Host: a
    C: Content-Length: 5
    C: Expect: 100-continue
    C:
    S: HTTP/1.1 401 Unauthorized
    S: Date: …
    S: WWW-Authenticate: Basic realm="x"
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 31
    S: Connection: close
    S:
    S| 401 Unauthorized: Who are you?\\n
    S: (closes)`,

  "what an HttpError says goes with its fields: 405 with Allow (RFC 9110 §15.5.6)": `
    C: DELETE /read-only HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 405 Method Not Allowed
    S: Date: …
    S: Allow: GET, HEAD
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 23
    S:
    S| 405 Method Not Allowed\\n
    C: GET /nowhere HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 404 Not Found
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 14
    S:
    S| 404 Not Found\\n`,

  "a path that no server may use is 400": `
    C: GET /a/../b HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 400 Bad Request
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 69
    S:
    S| 400 Bad Request: The path of the request is not one a server may use\\n`,

  "an early hint comes before the answer (RFC 8297)": `
    C: GET /hints HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 103 Early Hints
    S: Link: </style.css>; rel=preload
    S:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 6
    S:
    S| hinted`,

  "HTTP/1.0 gets no hints": `
    C: GET /hints HTTP/1.0
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 6
    S: Connection: close
    S:
    S| hinted
    S: (closes)`,

  "OPTIONS * is about the server itself (RFC 9112 §3.2.4)": `
    C: OPTIONS * HTTP/1.1
    C: Host: a
    C:
    S: HTTP/1.1 204 No Content
    S: Date: …
    S: Allow: GET, HEAD, OPTIONS
    S:`,

  "an absolute target wins over Host (RFC 9112 §3.2.2)": `
    C: GET http://EXAMPLE.org:8080/ HTTP/1.1
    C: Host: other.example
    C:
    S: HTTP/1.1 200 OK
    S: Date: …
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 17
    S:
    S| GET example.org /`,

  "CONNECT opens a tunnel, and what came with it goes through (RFC 9110 §9.3.6)": `
    C: CONNECT far.example:443 HTTP/1.1
    C: Host: far.example:443
    C:
    C| early
    S: HTTP/1.1 200 OK
    S: Date: …
    S:
    S| early
    C| GET not HTTP
    S| GET not HTTP
    C: (closes)
    S: (closes)`,

  "Upgrade hands the connection over, with what came behind it (RFC 9110 §7.8)": `
    C: GET /shout HTTP/1.1
    C: Host: a
    C: Connection: upgrade
    C: Upgrade: shout
    C:
    C| hello
    S: HTTP/1.1 101 Switching Protocols
    S: Date: …
    S: Upgrade: shout
    S: Connection: Upgrade
    S:
    S| HELLO
    C| goodbye
    S| GOODBYE
    (after 30 min)
    C| still there
    S| STILL THERE
    C: (closes)
    S: (closes)`,
});

transcripts("HTTP server that is no proxy", proxyless, {
  "CONNECT is 405": `
    C: CONNECT far.example:443 HTTP/1.1
    C: Host: far.example:443
    C:
    S: HTTP/1.1 405 Method Not Allowed
    S: Date: …
    S: Allow: GET, HEAD
    S: Content-Type: text/plain; charset=utf-8
    S: Content-Length: 48
    S:
    S| 405 Method Not Allowed: This server is no proxy\\n`,
});
