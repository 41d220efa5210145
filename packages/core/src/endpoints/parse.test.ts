import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Endpoint } from "./endpoint.ts";
import { EndpointError } from "./error.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { endpointTypes, registerEndpoint } from "./kinds.ts";
import { endpointText } from "./parameters.ts";
import { formatEndpoint, parseEndpoint } from "./parse.ts";

const spellings: readonly (readonly [string, Endpoint])[] = [
  ["tcp:7777", { type: "tcp", port: 7777 }],
  ["TCP:7777", { type: "tcp", port: 7777 }],
  ["tcp:7777:interface=127.0.0.1", { type: "tcp", host: "127.0.0.1", port: 7777 }],
  ["tcp:port=7777:host=localhost", { type: "tcp", host: "localhost", port: 7777 }],
  ["tcp:[::1]:80", { type: "tcp", host: "::1", port: 80 }],
  ["tcp:80:interface=\\:\\:1", { type: "tcp", host: "::1", port: 80 }],
  ["tcp:80:interface=[fe80::1%eth0]", { type: "tcp", host: "fe80::1%eth0", port: 80 }],
  ["tcp:example.org:80:bindAddress=10.0.0.1", { type: "tcp", host: "example.org", port: 80, from: "10.0.0.1" }],
  ["tcp://127.0.0.1:7777", { type: "tcp", host: "127.0.0.1", port: 7777 }],
  ["tcp://[::1]:7777?backlog=50", { type: "tcp", host: "::1", port: 7777, backlog: 50 }],
  ["tcp://:7777", { type: "tcp", port: 7777 }],
  [
    "tls:443:cert=a.pem,b.pem:alpn=h2,http/1.1",
    { type: "tls", port: 443, cert: ["a.pem", "b.pem"], alpn: ["h2", "http/1.1"] },
  ],
  [
    "tls://host:993?cert=%2Fetc%2Fa.pem&verify=no",
    { type: "tls", host: "host", port: 993, cert: ["/etc/a.pem"], verify: false },
  ],
  ["unix:/run/x.sock:mode=660", { type: "unix", path: "/run/x.sock", mode: 0o660 }],
  ["unix:/run/a\\:b=c", { type: "unix", path: "/run/a:b=c" }],
  ["unix:///run/x%20y.sock", { type: "unix", path: "/run/x y.sock" }],
  ["udp:53", { type: "udp", port: 53 }],
  ["stdio:", { type: "stdio" }],
  ["stdio", { type: "stdio" }],
  ["fd:3", { type: "fd", fd: 3 }],
  ["systemd:name=web", { type: "systemd", name: "web" }],
  ["systemd:web:index=1", { type: "systemd", name: "web", index: 1 }],
  ["proxy:tcp:80", { type: "proxy", inner: { type: "tcp", port: 80 } }],
  [
    "proxy:from=10.0.0.0/8,[fd00::]/8:tcp://[::]:80",
    { type: "proxy", from: ["10.0.0.0/8", "[fd00::]/8"], inner: { type: "tcp", host: "::", port: 80 } },
  ],
  [
    'exec:/usr/bin/env -i \'a b\' "c\\"d" e\\ f',
    { type: "exec", program: "/usr/bin/env", arguments: ["-i", "a b", 'c"d', "e f"] },
  ],
];

for (const [text, endpoint] of spellings) {
  test(`${text} is read, and comes back from its canonical text`, () => {
    assert.deepEqual(parseEndpoint(text), endpoint);
    assert.deepEqual(parseEndpoint(formatEndpoint(endpoint)), endpoint);
  });
}

const mistakes: readonly (readonly [string, string, string])[] = [
  ["tcp:80x", "bad-value", 'port "80x" is not a number from 0 to 65535\n  tcp:80x\n      ^^^'],
  ["tcp:65536", "bad-value", 'port "65536" is not a number from 0 to 65535\n  tcp:65536\n      ^^^^^'],
  ["tcp:", "missing-parameter", "the port is missing\n  tcp:\n      ^"],
  ["tcp:80:", "bad-value", 'port "" is not a number from 0 to 65535\n  tcp:80:\n         ^'],
  [
    "tcp:80:interfce=[::1]",
    "unknown-parameter",
    'tcp has no parameter "interfce", did you mean "interface"?\n  tcp:80:interfce=[::1]\n         ^^^^^^^^',
  ],
  [
    "tcp:80:zzzzzz=1",
    "unknown-parameter",
    'tcp has no parameter "zzzzzz", known are host, port, backlog, from, interface, bindAddress\n  tcp:80:zzzzzz=1\n         ^^^^^^',
  ],
  ["tcp:80:port=81", "repeated-parameter", "port is given twice\n  tcp:80:port=81\n         ^^^^"],
  ["tcp:a:1:b", "too-many-values", "tcp takes at most host and port without a name\n  tcp:a:1:b\n          ^"],
  ["tcp:a b:1", "bad-value", 'host "a b" is not a host name or address\n  tcp:a b:1\n      ^^^'],
  [
    "unix:/x:mode=999",
    "bad-value",
    'mode "999" is not an octal mode such as 660\n  unix:/x:mode=999\n               ^^^',
  ],
  ["unix:/x\\", "bad-syntax", 'a "\\" stands alone at the end\n  unix:/x\\\n         ^'],
  ["tpc:80", "unknown-type", 'there is no endpoint type "tpc", did you mean "tcp"?\n  tpc:80\n  ^^^'],
  ["8080", "unknown-type", 'it has no type, did you mean "tcp:8080"?\n  8080\n  ^^^^'],
  ["", "unknown-type", "it does not begin with a type and a colon\n  \n  ^"],
  ["proxy:tcp:80x", "bad-value", 'port "80x" is not a number from 0 to 65535\n  proxy:tcp:80x\n            ^^^'],
  [
    "proxy:form=1:tcp:80",
    "unknown-parameter",
    'proxy has no parameter "form", known is from\n  proxy:form=1:tcp:80\n        ^^^^',
  ],
  ["proxy:stdio:x", "too-many-values", "stdio takes no value without a name\n  proxy:stdio:x\n              ^"],
  ["tcp://h:80?backlog", "bad-syntax", "a parameter is name=value\n  tcp://h:80?backlog\n             ^^^^^^^"],
  ["tcp://%ff:80", "bad-syntax", "a % is not followed by UTF-8 in hex\n  tcp://%ff:80\n        ^^^"],
  ["exec:'a", "bad-syntax", "a quotation is not closed\n  exec:'a\n       ^^"],
];

for (const [text, code, words] of mistakes) {
  test(`${JSON.stringify(text)} is refused with a caret under the mistake`, () => {
    assert.throws(
      () => parseEndpoint(text),
      (error) => {
        assert.ok(error instanceof EndpointError);
        assert.equal(error.code, code);
        assert.equal(error.message, `Cannot read endpoint "${text}": ${words}`);
        return true;
      },
    );
  });
}

test("a proxy is not nested without end", () => {
  assert.throws(() => parseEndpoint(`${"proxy:".repeat(20)}tcp:80`), /nested too deep/);
});

test("an object that no text can mean is refused", () => {
  assert.throws(() => formatEndpoint({ type: "unix", path: "/a\nb" }), TypeError);
  assert.throws(() => formatEndpoint({ type: "tls", port: 1, cert: ["a,b"] }), TypeError);
});

test("a package brings its own prefix, and none takes another's", () => {
  const pipe: EndpointKind = endpointGrammar<{ readonly type: string; readonly path: string }>({
    type: "pipe",
    positional: [[], ["path"]],
    required: ["path"],
    parameters: { path: endpointText },
  });
  registerEndpoint(pipe);
  registerEndpoint(pipe);
  assert.deepEqual({ ...parseEndpoint("proxy:pipe:/x") }, { type: "proxy", inner: { type: "pipe", path: "/x" } });
  assert.ok(endpointTypes().includes("pipe"));
  assert.throws(() => registerEndpoint({ ...pipe, type: "tcp" }), /Cannot register the endpoint "tcp"/);
  assert.throws(() => registerEndpoint({ ...pipe, type: "Bad Word" }), TypeError);
});

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/[\x00-\x1f\x7f]/.test(text));
const listed = fc.array(
  name.map((text) => text.replaceAll(",", ";")),
  { minLength: 1, maxLength: 3 },
);
const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
const port = fc.nat(65_535);
const plain: fc.Arbitrary<Endpoint> = fc.oneof(
  fc.record(
    { type: fc.constant("tcp" as const), host, port, backlog: fc.integer({ min: 1, max: 999 }) },
    { requiredKeys: ["type", "port"], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant("udp" as const), host, port, reuse: fc.boolean() },
    { requiredKeys: ["type", "port"], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant("unix" as const), path: name, mode: fc.nat(0o777) },
    { requiredKeys: ["type", "path"], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant("tls" as const),
      host,
      port,
      cert: listed,
      key: listed,
      alpn: listed,
      verify: fc.boolean(),
      serverName: name,
    },
    { requiredKeys: ["type", "port"], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant("systemd" as const), name, index: fc.nat(99) },
    { requiredKeys: ["type"], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant("exec" as const),
      program: name,
      arguments: fc.array(fc.string().filter((s) => !s.includes("\0"))),
    },
    { noNullPrototype: true },
  ),
);
const nested: fc.Arbitrary<Endpoint> = fc.oneof(
  plain,
  fc.record(
    { type: fc.constant("proxy" as const), from: listed, inner: plain },
    { requiredKeys: ["type", "inner"], noNullPrototype: true },
  ),
);

test("parsing undoes formatting, for every endpoint", () => {
  fc.assert(fc.property(nested, (endpoint) => assert.deepEqual(parseEndpoint(formatEndpoint(endpoint)), endpoint)));
});

test("no text makes the parser fail in any other way than with an EndpointError", () => {
  const texts = fc.oneof(
    fc.string(),
    fc
      .constantFrom("tcp:", "tls://", "proxy:", "exec:", "unix:")
      .chain((start) => fc.string().map((rest) => start + rest)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseEndpoint(text);
      } catch (error) {
        assert.ok(error instanceof EndpointError, String(error));
      }
    }),
  );
});
