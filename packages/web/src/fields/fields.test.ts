import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as all from "./index.ts";
import { type HttpField, httpFields, readEachField, readField, writeField } from "./index.ts";

const date = Date.UTC(1994, 10, 6, 8, 49, 37);
const none = new Map<string, string>();
const parameters = (...pairs: [string, string][]) => new Map(pairs);

/** Each row: what is written and read back as is, and its value. */
const SAME: readonly Row<unknown>[] = [
  row(all.acceptField, "audio/*;q=0.2, audio/basic", [range("audio", "*", 0.2), range("audio", "basic", 1)]),
  row(all.acceptField, "", []),
  row(all.acceptCharsetField, "iso-8859-5, unicode-1-1;q=0.8", [weighed("iso-8859-5", 1), weighed("unicode-1-1", 0.8)]),
  row(all.acceptEncodingField, "gzip, identity;q=0.5, *;q=0", [
    weighed("gzip", 1),
    weighed("identity", 0.5),
    weighed("*", 0),
  ]),
  row(all.acceptLanguageField, "da, en-gb;q=0.8, en;q=0.7", [
    weighed("da", 1),
    weighed("en-gb", 0.8),
    weighed("en", 0.7),
  ]),
  row(all.acceptRangesField, "bytes", ["bytes"]),
  row(all.ageField, "3600", 3600),
  row(all.allowField, "GET, HEAD, PUT", ["GET", "HEAD", "PUT"]),
  row(all.authorizationField, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", {
    scheme: "basic",
    token68: "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    parameters: none,
  }),
  row(all.authorizationField, 'Digest username="Mufasa", qop=auth, nc=00000001', {
    scheme: "digest",
    parameters: parameters(["username", "Mufasa"], ["qop", "auth"], ["nc", "00000001"]),
  }),
  row(all.wwwAuthenticateField, 'Basic realm="simple", newauth realm="apps", type="1", title="Login to \\"apps\\""', [
    { scheme: "basic", parameters: parameters(["realm", "simple"]) },
    { scheme: "newauth", parameters: parameters(["realm", "apps"], ["type", "1"], ["title", 'Login to "apps"']) },
  ]),
  row(all.wwwAuthenticateField, "Negotiate, Bearer", [
    { scheme: "negotiate", parameters: none },
    { scheme: "bearer", parameters: none },
  ]),
  row(all.proxyAuthenticateField, "Negotiate a87421000492aa874209af8bc028=", [
    { scheme: "negotiate", token68: "a87421000492aa874209af8bc028=", parameters: none },
  ]),
  row(all.authenticationInfoField, 'qop=auth, nextnonce="abc"', parameters(["qop", "auth"], ["nextnonce", "abc"])),
  row(all.cacheControlField, "max-age=60, no-store, public", { maxAgeSeconds: 60, noStore: true, public: true }),
  row(all.cacheControlField, 'no-cache="set-cookie, x-user", community=UCI', {
    noCache: ["set-cookie", "x-user"],
    extensions: new Map([["community", "UCI"]]),
  }),
  row(all.cacheControlField, "max-stale", { maxStaleSeconds: true }),
  row(all.clearSiteDataField, '"cache", "cookies"', ["cache", "cookies"]),
  row(all.connectionField, "close, x-hop", ["close", "x-hop"]),
  row(all.contentDispositionField, "attachment; filename=example.html", {
    type: "attachment",
    filename: "example.html",
    parameters: none,
  }),
  row(all.contentDispositionField, "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates", {
    type: "attachment",
    filename: "€ rates",
    parameters: none,
  }),
  row(all.contentEncodingField, "gzip, br", ["gzip", "br"]),
  row(all.contentLanguageField, "mi, en-NZ", ["mi", "en-NZ"]),
  row(all.contentLengthField, "3495", 3495),
  row(all.contentLocationField, "/people/joe?x=1", "/people/joe?x=1"),
  row(all.contentRangeField, "bytes 42-1233/1234", {
    type: "part",
    unit: "bytes",
    first: 42,
    last: 1233,
    length: 1234,
  }),
  row(all.contentRangeField, "bytes 42-1233/*", { type: "part", unit: "bytes", first: 42, last: 1233 }),
  row(all.contentRangeField, "bytes */1234", { type: "unsatisfied", unit: "bytes", length: 1234 }),
  row(all.contentTypeField, 'multipart/form-data; boundary="a b"', {
    type: "multipart",
    subtype: "form-data",
    parameters: parameters(["boundary", "a b"]),
  }),
  row(all.cookieField, "SID=31d4d96e407aad42; lang=en-US", parameters(["SID", "31d4d96e407aad42"], ["lang", "en-US"])),
  row(all.dateField, "Sun, 06 Nov 1994 08:49:37 GMT", date),
  row(all.etagField, 'W/"xyzzy"', { weak: true, opaque: "xyzzy" }),
  row(all.etagField, '""', { weak: false, opaque: "" }),
  row(all.expectField, "100-continue", [{ name: "100-continue", parameters: none }]),
  row(all.forwardedField, 'for="[2001:db8:cafe::17]:4711";proto=http, by=203.0.113.43', [
    { for: { name: "2001:db8:cafe::17", port: "4711" }, proto: "http" },
    { by: { name: "203.0.113.43" } },
  ]),
  row(all.forwardedField, "for=_hidden, for=unknown;host=example.org", [
    { for: { name: "_hidden" } },
    { for: { name: "unknown" }, host: { host: "example.org" } },
  ]),
  row(all.hostField, "[::1]:8080", { host: "::1", port: 8080 }),
  row(all.hostField, "", { host: "" }),
  row(all.ifMatchField, "*", "*"),
  row(all.ifNoneMatchField, '"xyzzy", W/"a,b\\"', [
    { weak: false, opaque: "xyzzy" },
    { weak: true, opaque: "a,b\\" },
  ]),
  row(all.ifRangeField, '"v1"', { type: "tag", tag: { weak: false, opaque: "v1" } }),
  row(all.ifRangeField, "Sun, 06 Nov 1994 08:49:37 GMT", { type: "date", date }),
  row(all.keepAliveField, "timeout=5, max=100", { timeoutSeconds: 5, requestsMax: 100 }),
  row(all.linkField, '<http://example.com/TheBook/chapter2>; rel=previous; title="previous chapter"', [
    {
      target: "http://example.com/TheBook/chapter2",
      relations: ["previous"],
      parameters: parameters(["title", "previous chapter"]),
    },
  ]),
  row(all.linkField, "</a,b;c>; rel=\"start next\"; title*=UTF-8''n%C3%A4chstes, </>; crossorigin", [
    { target: "/a,b;c", relations: ["start", "next"], parameters: parameters(["title", "nächstes"]) },
    { target: "/", relations: [], parameters: parameters(["crossorigin", ""]) },
  ]),
  row(all.locationField, "/People.html#tim", "/People.html#tim"),
  row(all.maxForwardsField, "0", 0),
  row(all.originField, "https://example.org:8443", { scheme: "https", host: "example.org", port: 8443 }),
  row(all.originField, "null", "null"),
  row(all.preferField, "respond-async, wait=100; lang=en", [
    { name: "respond-async", value: "", parameters: none },
    { name: "wait", value: "100", parameters: parameters(["lang", "en"]) },
  ]),
  row(all.priorityField, "u=5, i", { urgency: 5, incremental: true }),
  row(all.rangeField, "bytes=0-999, 4500-5499, -1000, 9500-", {
    unit: "bytes",
    ranges: [{ first: 0, last: 999 }, { first: 4500, last: 5499 }, { suffixLength: 1000 }, { first: 9500 }],
  }),
  row(all.retryAfterField, "120", { type: "delay", seconds: 120 }),
  row(all.retryAfterField, "Sun, 06 Nov 1994 08:49:37 GMT", { type: "date", date }),
  row(all.strictTransportSecurityField, "max-age=31536000; includeSubDomains; preload", {
    maxAgeSeconds: 31536000,
    includeSubDomains: true,
    preload: true,
  }),
  row(all.teField, "trailers, deflate;q=0.5", [
    { token: "trailers", parameters: none, weight: 1 },
    { token: "deflate", parameters: none, weight: 0.5 },
  ]),
  row(all.trailerField, "expires, digest", ["expires", "digest"]),
  row(all.transferEncodingField, "gzip, chunked", [
    { token: "gzip", parameters: none },
    { token: "chunked", parameters: none },
  ]),
  row(all.upgradeField, "HTTP/2.0, websocket", [{ name: "HTTP", version: "2.0" }, { name: "websocket" }]),
  row(all.userAgentField, "CERN-LineMode/2.15 (X11; \\(old\\)) libwww", [
    { type: "product", name: "CERN-LineMode", version: "2.15" },
    { type: "comment", text: "X11; (old)" },
    { type: "product", name: "libwww" },
  ]),
  row(all.varyField, "accept-encoding, accept-language", ["accept-encoding", "accept-language"]),
  row(all.varyField, "*", "*"),
  row(all.viaField, "1.0 fred, SIP/2.0 p.example.net:80 (a, b)", [
    { version: "1.0", by: "fred" },
    { protocol: "SIP", version: "2.0", by: "p.example.net:80", comment: "a, b" },
  ]),
  row(all.xForwardedForField, "[2001:db8::1]:80, 192.0.2.1", [
    { name: "2001:db8::1", port: "80" },
    { name: "192.0.2.1" },
  ]),
  row(all.xForwardedProtoField, "https, http", ["https", "http"]),
];

/** Other spellings of peers, and what they mean. */
const READ: readonly Row<unknown>[] = [
  row(all.acceptField, "text/*;q=0.3, , text/html;level=1;q=0.4;x=y, bad, text/plain;q=7", [
    range("text", "*", 0.3),
    { ...range("text", "html", 0.4), parameters: parameters(["level", "1"], ["x", "y"]) },
  ]),
  row(all.acceptLanguageField, "EN-us , d_e, *;q=0.001", [weighed("en-us", 1), weighed("*", 0.001)]),
  row(all.ageField, "99999999999999999999", 2 ** 31),
  row(all.cacheControlField, 'MAX-AGE=60, max-age=5, no-cache=, private="", s-maxage=ten', {
    maxAgeSeconds: 60,
    private: true,
    sMaxAgeSeconds: 0,
  }),
  row(all.contentDispositionField, `inline; FileName="a\\"b"; x="y"`, {
    type: "inline",
    filename: 'a"b',
    parameters: parameters(["x", "y"]),
  }),
  row(all.contentDispositionField, "attachment; filename*=iso-8859-1'en'%A3%20rates", {
    type: "attachment",
    filename: "£ rates",
    parameters: none,
  }),
  row(all.contentDispositionField, "attachment; filename=a; filename*=UTF-8''%FF", {
    type: "attachment",
    filename: "a",
    parameters: none,
  }),
  row(all.contentTypeField, 'Text/HTML ; Charset="UTF-8"; ;charset=x', {
    type: "text",
    subtype: "html",
    parameters: parameters(["charset", "UTF-8"]),
  }),
  row(
    all.cookieField,
    'a=1;b=two words ; a=2;; =x; bad name=1; flag; q="v"',
    parameters(["a", "1"], ["b", "two words"], ["q", '"v"']),
  ),
  row(all.dateField, "Sunday, 06-Nov-94 08:49:37 GMT", date),
  row(all.dateField, "Sun Nov  6 08:49:37 1994", date),
  row(all.dateField, "Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)),
  row(all.expiresField, "0", 0),
  row(all.keepAliveField, 'max=x, Timeout="7", foo', { timeoutSeconds: 7 }),
  row(all.priorityField, "u=9, i=?0", { urgency: 3, incremental: false }),
  row(all.strictTransportSecurityField, 'max-age="15" ; x=y;', {
    maxAgeSeconds: 15,
    includeSubDomains: false,
    preload: false,
  }),
  row(all.userAgentField, "a (b (c) d)", [
    { type: "product", name: "a" },
    { type: "comment", text: "b (c) d" },
  ]),
  row(all.varyField, "Accept, *", "*"),
  row(all.wwwAuthenticateField, ", Basic realm=simple ,, Digest a = b", [
    { scheme: "basic", parameters: parameters(["realm", "simple"]) },
    { scheme: "digest", parameters: parameters(["a", "b"]) },
  ]),
  row(all.xForwardedForField, "2001:DB8::1, unknown", [{ name: "2001:db8::1" }, { name: "unknown" }]),
];

/** What no value can be made of. */
const MALFORMED: readonly [HttpField<unknown>, ...string[]][] = [
  [all.acceptField, 'text/html;x="', "a/b,".repeat(300)],
  [all.ageField, "-1", "1.5", ""],
  [all.wwwAuthenticateField, "Basic foo bar", "Basic/abc", 'Basic realm="a" b', 'Basic "a"'],
  [all.authorizationField, "", "Basic a, Basic b", 'Digest a="1", a="2"', "Basic =", "Basic a b"],
  [all.connectionField, "close, b d"],
  [all.contentDispositionField, "", "attachment; filename=a b", '"attachment"'],
  [all.contentLengthField, "+2", "0x2", "5, 5", " 5", "99999999999999999", "٣"],
  [all.contentRangeField, "bytes 5-4/10", "bytes 0-10/10", "bytes 1-2", "bytes */*"],
  [all.contentTypeField, "text", "text/", "text/html; charset", "text/html; a=b c", "text /html"],
  [
    all.dateField,
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "1994-11-06",
    "Sun, 06 Nov 1994 08:49:37 UTC",
  ],
  [all.etagField, "xyzzy", '"a" ', 'w/"a"', '"a b"'],
  [all.expectField, "100-continue;=", "a=,b"],
  [all.forwardedField, "for=2001:db8::1", "for=a;for=b", 'for="[::g]"', "for"],
  [all.hostField, "a b", "a:b", "a:65536", "[::1", "[1:2]", "a/b", "u@h"],
  [all.ifNoneMatchField, '"a" "b"', "a", '"a", *'],
  [all.linkField, "a; rel=b", "<a b>", "<a>; rel=b c"],
  [all.locationField, "/a b", "/a\tb", ""],
  [all.originField, "example.org", "https://", "https://a/"],
  [all.rangeField, "bytes=", "bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes 1-2"],
  [all.setCookieField, "a=b\0", "=", "__Host-a=b; Secure", "__Secure-a=b", "a=b; SameSite=None"],
  [all.strictTransportSecurityField, "includeSubDomains", "max-age=1; max-age=2", "max-age=x"],
  [all.transferEncodingField, "chunked, a b", "chunked;q", "chunked\u000b"],
  [all.userAgentField, "(only)", "a/", "a (b", `a ${"(".repeat(9)}${")".repeat(9)}`],
  [all.viaField, "1.1", "1.1 a b", "1.1 a (b"],
];

/** Values that must never reach the wire. */
const REFUSED: readonly [name: string, write: () => string][] = [
  ["a method with a line end", () => all.allowField.format(["GET\r\nX: y"])],
  [
    "a realm with a line end",
    () => all.wwwAuthenticateField.format([{ scheme: "basic", parameters: parameters(["realm", "a\nb"]) }]),
  ],
  [
    "a token68 beside parameters",
    () => all.authorizationField.format({ scheme: "x", token68: "a", parameters: parameters(["b", "c"]) }),
  ],
  [
    "a file name with NUL",
    () => all.contentDispositionField.format({ type: "attachment", filename: "a\0", parameters: none }),
  ],
  [
    "an extended name given by hand",
    () => all.contentDispositionField.format({ type: "a", parameters: parameters(["x*", "y"]) }),
  ],
  [
    "a media type parameter beyond Latin-1",
    () => all.contentTypeField.format({ type: "a", subtype: "b", parameters: parameters(["c", "€"]) }),
  ],
  ["a weight above 1", () => all.acceptEncodingField.format([weighed("gzip", 2)])],
  [
    "a weight as a parameter",
    () => all.acceptField.format([{ ...range("a", "b", 1), parameters: parameters(["Q", "1"]) }]),
  ],
  ["a negative length", () => all.contentLengthField.format(-1)],
  ["a length that is not whole", () => all.contentLengthField.format(1.5)],
  ["a tag with a quote", () => all.etagField.format({ weak: false, opaque: 'a"' })],
  ["a date beyond year 9999", () => all.dateField.format(Date.UTC(10000, 0, 1))],
  ["no date", () => all.dateField.format(Number.NaN)],
  ["a location with a line end", () => all.locationField.format("/\r\nSet-Cookie: a=b")],
  ["a location with a space", () => all.locationField.format("/a b")],
  ["a link target with >", () => all.linkField.format([{ target: "a>", relations: [], parameters: none }])],
  ["a host with a path", () => all.hostField.format({ host: "a/b" })],
  ["a cookie with a semicolon", () => all.cookieField.format(parameters(["a", "b;c"]))],
  [
    "a range that ends before it begins",
    () => all.rangeField.format({ unit: "bytes", ranges: [{ first: 2, last: 1 }] }),
  ],
  ["an urgency of 8", () => all.priorityField.format({ urgency: 8, incremental: false })],
  [
    "a directive that has its own field",
    () => all.cacheControlField.format({ extensions: new Map([["max-age", "1"]]) }),
  ],
];

describe("typed fields", () => {
  for (const { field, text, value } of SAME) {
    test(`${field.name}: ${text} is read and written`, () => {
      assert.deepEqual(field.parse(text), value);
      assert.equal(field.format(value), text);
    });
  }
  for (const { field, text, value } of READ) {
    test(`${field.name}: ${text} is read`, () => assert.deepEqual(field.parse(text), value));
  }
  for (const [field, ...texts] of MALFORMED) {
    for (const text of texts) {
      test(`${field.name}: ${text.slice(0, 40)} is malformed`, () => assert.equal(field.parse(text), undefined));
    }
  }
  for (const [name, write] of REFUSED) {
    test(`${name} is refused`, () => assert.throws(write, TypeError));
  }
});

test("a field of one value is malformed when it comes twice, a list is joined", () => {
  const lines: Record<string, string[]> = {
    Host: ["a", "b"],
    Allow: ["GET", "HEAD"],
    "Set-Cookie": ["a=1", "bad\0", "b=2"],
  };
  const source = { getAll: (name: string) => lines[name] ?? [] };
  assert.equal(readField(source, all.hostField), undefined);
  assert.deepEqual(readField(source, all.allowField), ["GET", "HEAD"]);
  assert.equal(readField(source, all.ageField), undefined);
  assert.deepEqual(
    readEachField(source, all.setCookieField).map((cookie) => cookie.name),
    ["a", "b"],
  );
  assert.deepEqual(writeField(all.ageField, 7), ["Age", "7"]);
});

test("httpFields knows every field that is exported", () => {
  const exported = Object.entries(all).filter(([name]) => /[a-z]Field$/.test(name) && !/^(read|write|http)/.test(name));
  for (const [, field] of exported as [string, HttpField<unknown>][]) {
    if (typeof field !== "function") assert.equal(httpFields.get(field.name.toLowerCase()), field);
  }
  assert.equal(httpFields.size, 60);
});

test("a two-digit year is at most fifty years ahead (RFC 9110 §5.6.7)", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(all.parseHttpDate("Sunday, 06-Nov-76 08:49:37 GMT", now), Date.UTC(2076, 10, 6, 8, 49, 37));
  assert.equal(all.parseHttpDate("Sunday, 06-Nov-77 08:49:37 GMT", now), Date.UTC(1977, 10, 6, 8, 49, 37));
  assert.equal(all.parseHttpDate("Sunday, 06-Nov-00 08:49:37 GMT", now), Date.UTC(2000, 10, 6, 8, 49, 37));
});

test("Basic credentials are read and written as UTF-8 (RFC 7617)", () => {
  const login = { user: "test", password: "123£:x" };
  assert.deepEqual(all.parseBasicCredentials(all.formatBasicCredentials(login)), login);
  const sent = all.authorizationField.parse("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")!;
  assert.deepEqual(all.parseBasicCredentials(sent), { user: "Aladdin", password: "open sesame" });
  assert.equal(all.parseBasicCredentials({ scheme: "basic", token68: "eA==", parameters: none }), undefined);
  assert.throws(() => all.formatBasicCredentials({ user: "a:b", password: "" }), TypeError);
});

interface Row<T> {
  readonly field: HttpField<T>;
  readonly text: string;
  readonly value: T;
}

function row<T>(field: HttpField<T>, text: string, value: T): Row<unknown> {
  return { field, text, value };
}

function weighed(value: string, weight: number) {
  return { value, weight };
}

function range(type: string, subtype: string, weight: number) {
  return { type, subtype, parameters: none, weight };
}
