import assert from "node:assert/strict";
import { test } from "node:test";
import type { Security } from "@hawser/core";
import { HttpError } from "../http/error.ts";
import { folder } from "../http/resource.ts";
import { text } from "../http/response.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { moved } from "./moved.ts";
import { securityHeaders } from "./security-headers.ts";

const missing = () => {
  throw new HttpError(404, `There is no <script>alert("&')</script>`);
};

test("an error page for people is escaped HTML", async () => {
  const { headers, body } = await ask(missing, "GET /", ["Accept: text/html,application/xhtml+xml;q=0.9"]);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.match(body, /<h1><small>404<\/small>Not Found<\/h1>/);
  assert.match(body, /<p>There is no &#60;script&#62;alert\(&#34;&#38;&#39;\)&#60;\/script&#62;<\/p>/);
});

test("and for programs a line of text", async () => {
  const { headers, body } = await ask(missing, "GET /", ["Accept: */*"]);
  assert.equal(headers["content-type"], "text/plain; charset=utf-8");
  assert.equal(body, `404 Not Found: There is no <script>alert("&')</script>\n`);
});

const places: readonly (readonly [base: string, asked: string, location: string])[] = [
  ["https://example.org", "/", "https://example.org/"],
  ["https://example.org/", "/a?b=c", "https://example.org/a?b=c"],
  ["https://example.org", "/a/", "https://example.org/a/"],
  ["https://example.org", "/a%20b/%C3%BC", "https://example.org/a%20b/%C3%BC"],
  ["/new", "/?q", "/new/?q"],
];

for (const [base, asked, location] of places) {
  test(`what moved to ${base} sends ${asked} to ${location}`, async () => {
    const { status, headers } = await ask(moved(base), `GET ${asked}`);
    assert.deepEqual([status, headers["location"]], [308, location]);
  });
}

test("a moved part of a site keeps what is below it", async () => {
  const site = folder().mount("old/place", moved("/new", 301)).mount("up", moved("/"));
  assert.equal((await ask(site, "GET /old/place/a/b")).headers["location"], "/new/a/b");
  assert.equal((await ask(site, "GET /old/place")).headers["location"], "/new");
  assert.equal((await ask(site, "GET /old/place/")).headers["location"], "/new/");
  assert.equal((await ask(site, "GET /up")).headers["location"], "/");
  assert.equal((await ask(site, "GET /up//evil.example")).status, 400, "no way to another host");
});

const policy = "default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'";

test("security headers are added, on TLS with Strict-Transport-Security (RFC 6797 §7.2)", async () => {
  const site = securityHeaders(() => text("x"));
  const { headers } = await ask(site, "GET /");
  assert.deepEqual(headers, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": policy,
  });
  const secure = await ask(site, "GET /", [], { security: {} as Security });
  assert.equal(secure.headers["strict-transport-security"], "max-age=31536000");
});

test("what a handler has set itself stands, and options leave fields out", async () => {
  const own = text("x", { headers: { "content-security-policy": "default-src 'none'", "referrer-policy": "origin" } });
  const { headers } = await ask(
    securityHeaders(() => own),
    "GET /",
  );
  assert.equal(headers["content-security-policy"], "default-src 'none'");
  assert.equal(headers["referrer-policy"], "origin");
  const options = { contentSecurityPolicy: false, strictTransportSeconds: 0 } as const;
  const bare = await ask(
    securityHeaders(() => text("x"), options),
    "GET /",
    [],
    { security: {} as Security },
  );
  assert.equal("content-security-policy" in bare.headers, false);
  assert.equal("strict-transport-security" in bare.headers, false);
});

test("errors get them too, but for the policy that would take their page's style", async () => {
  const { status, headers } = await ask(securityHeaders(missing), "GET /", [], { security: {} as Security });
  assert.equal(status, 404);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["strict-transport-security"], "max-age=31536000");
  assert.equal("content-security-policy" in headers, false);
});
