import assert from "node:assert/strict";
import { test } from "node:test";

import { hear, inEveryCut } from "./testing/conversation.test.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n";
const post = "POST / HTTP/1.1\r\nHost: a\r\n";
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

/** What a client sends, and the fault it is told; `ok`: the request is taken. */
const rows: Readonly<Record<string, readonly [request: string, answer: string]>> = {
  // Lengths that two readers could read in two ways (RFC 9112 §6)
  "Content-Length and Transfer-Encoding": [
    `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "ambiguous-length 400",
  ],
  "Transfer-Encoding and Content-Length": [
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    "ambiguous-length 400",
  ],
  "an unknown coding at the end": [`${post}Transfer-Encoding: xchunked\r\n\r\n`, "bad-transfer-encoding 400"],
  "chunked, identity": [`${post}Transfer-Encoding: chunked, identity\r\n\r\n`, "bad-transfer-encoding 400"],
  "identity alone": [`${post}Transfer-Encoding: identity\r\n\r\n`, "bad-transfer-encoding 400"],
  "chunked twice": [`${post}Transfer-Encoding: chunked, chunked\r\n\r\n`, "bad-transfer-encoding 400"],
  "chunked twice in two fields": [
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "bad-transfer-encoding 400",
  ],
  "chunked with a parameter": [`${post}Transfer-Encoding: chunked;a=b\r\n\r\n`, "bad-transfer-encoding 400"],
  "an empty Transfer-Encoding": [`${post}Transfer-Encoding:\r\n\r\n`, "bad-transfer-encoding 400"],
  "a vertical tab before chunked": [`${post}Transfer-Encoding: \x0bchunked\r\n\r\n`, "bad-octet 400"],
  "a no-break space before chunked": [`${post}Transfer-Encoding: \xa0chunked\r\n\r\n`, "bad-transfer-encoding 400"],
  "gzip, chunked": [`${post}Transfer-Encoding: gzip, chunked\r\n\r\n`, "unsupported-transfer-coding 501"],
  "gzip and chunked in two fields": [
    `${post}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "unsupported-transfer-coding 501",
  ],
  "a coding that is no token": [`${post}Transfer-Encoding: "x", chunked\r\n\r\n`, "bad-transfer-encoding 400"],
  "Chunked in capitals": [`${post}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n`, "ok"],
  "Transfer-Encoding in HTTP/1.0": [
    "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad-transfer-encoding 400",
  ],
  "two equal Content-Lengths": [`${post}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`, "bad-content-length 400"],
  "two different Content-Lengths": [`${post}Content-Length: 0\r\nContent-Length: 1\r\n\r\n`, "bad-content-length 400"],
  "a list of Content-Lengths": [`${post}Content-Length: 0, 0\r\n\r\n`, "bad-content-length 400"],
  "Content-Length +2": [`${post}Content-Length: +2\r\n\r\nab`, "bad-content-length 400"],
  "Content-Length -2": [`${post}Content-Length: -2\r\n\r\nab`, "bad-content-length 400"],
  "Content-Length 0x2": [`${post}Content-Length: 0x2\r\n\r\nab`, "bad-content-length 400"],
  "Content-Length 1e1": [`${post}Content-Length: 1e1\r\n\r\nab`, "bad-content-length 400"],
  "an empty Content-Length": [`${post}Content-Length: \r\n\r\n`, "bad-content-length 400"],
  "a Content-Length beyond exact numbers": [
    `${post}Content-Length: 9007199254740993\r\n\r\n`,
    "bad-content-length 400",
  ],
  "a Content-Length of 30 digits": [`${post}Content-Length: ${"9".repeat(30)}\r\n\r\n`, "bad-content-length 400"],
  "a body behind CONNECT": [
    "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "ambiguous-length 400",
  ],

  // Lines (RFC 9112 §2.2, §5)
  "a space before the colon": [`${get}X : y\r\n\r\n`, "bad-field-line 400"],
  "a field without a colon": [`${get}X\r\n\r\n`, "bad-field-line 400"],
  "a field without a name": [`${get}: y\r\n\r\n`, "bad-field-line 400"],
  "a name that is no token": [`${get}X(y): z\r\n\r\n`, "bad-field-line 400"],
  "a folded line": [`${get}X: y\r\n z\r\n\r\n`, "obs-fold 400"],
  "a line folded with a tab": [`${get}X: y\r\n\tz\r\n\r\n`, "obs-fold 400"],
  "a first field line that begins with a space": ["GET / HTTP/1.1\r\n Host: a\r\n\r\n", "obs-fold 400"],
  "a bare CR in a value": [`${get}X: y\rz\r\n\r\n`, "bad-line-ending 400"],
  "a bare CR in the request line": ["GET / HTTP/1.1\rHost: a\r\n\r\n", "bad-line-ending 400"],
  "a bare LF after the request line": ["GET / HTTP/1.1\nHost: a\r\n\r\n", "bad-line-ending 400"],
  "a bare LF after a field": [`${get}X: y\nZ: 1\r\n\r\n`, "bad-line-ending 400"],
  "a bare LF at the end of the head": [`${get}\n`, "bad-line-ending 400"],
  "a head that ends in LF LF": ["GET / HTTP/1.1\nHost: a\n\n", "bad-line-ending 400"],
  "CR CR LF": [`${get}\r\r\n`, "bad-line-ending 400"],
  "NUL in a value": [`${get}X: a\0b\r\n\r\n`, "bad-octet 400"],
  "NUL in a name": [`${get}X\0: a\r\n\r\n`, "bad-field-line 400"],
  "DEL in a value": [`${get}X: a\x7fb\r\n\r\n`, "bad-octet 400"],
  "obs-text and tabs in a value": [`${get}X: \tcaf\xe9\tnoir \r\n\r\n`, "ok"],
  "an empty value": [`${get}X:\r\n\r\n`, "ok"],

  // The request line (RFC 9112 §3)
  "an empty line before the request": [`\r\n${get}\r\n`, "ok"],
  "two empty lines before the request": [`\r\n\r\n${get}\r\n`, "ok"],
  "three empty lines before the request": [`\r\n\r\n\r\n${get}\r\n`, "bad-request-line 400"],
  "a bare LF before the request": [`\n${get}\r\n`, "bad-line-ending 400"],
  "HTTP/0.9": ["GET /\r\n", "bad-request-line 400"],
  "HTTP/0.9 by its number": ["GET / HTTP/0.9\r\n\r\n", "unsupported-version 505"],
  "HTTP/2.0": ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", "unsupported-version 505"],
  "the HTTP/2 preface": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "unsupported-version 505"],
  "HTTP/1.2": ["GET / HTTP/1.2\r\nHost: a\r\n\r\n", "ok"],
  "HTTP/1.10": ["GET / HTTP/1.10\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "HTTP/1.x": ["GET / HTTP/1.x\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "http/1.1 in small letters": ["GET / http/1.1\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "no version number": ["GET / HTTP/\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "two spaces": ["GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "a space at the end": ["GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "a tab for a space": ["GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "a method that is no token": ["G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "a method nobody knows": ["FOO / HTTP/1.1\r\nHost: a\r\n\r\n", "ok"],
  "a space in the target": ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request-line 400"],
  "a fragment in the target": ["GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "raw octets in the target": ["GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "a target without a slash": ["GET a HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "an asterisk with GET": ["GET * HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "an asterisk with OPTIONS": ["OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "ok"],
  "CONNECT with a path": ["CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "CONNECT without a port": ["CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "a user in an absolute target": ["GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "no host in an absolute target": ["GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", "bad-target 400"],
  "TLS on a port without TLS": ["\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "bad-octet 400"],

  // Host (RFC 9112 §3.2)
  "no Host": ["GET / HTTP/1.1\r\n\r\n", "bad-host 400"],
  "no Host in HTTP/1.0": ["GET / HTTP/1.0\r\n\r\n", "ok"],
  "two Hosts": [`${get}Host: b\r\n\r\n`, "bad-host 400"],
  "two equal Hosts": [`${get}Host: a\r\n\r\n`, "bad-host 400"],
  "two Hosts in HTTP/1.0": ["GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "bad-host 400"],
  "Host with a space and a path": ["GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n", "bad-host 400"],
  "Host with a user": ["GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "bad-host 400"],
  "an empty Host": ["GET / HTTP/1.1\r\nHost:\r\n\r\n", "ok"],
  "no Host beside an absolute target": ["GET http://b/ HTTP/1.1\r\n\r\n", "bad-host 400"],

  // Chunks (RFC 9112 §7.1)
  "a chunked body": [`${chunked}5;a="b c"\r\nhello\r\n0\r\nX: y\r\n\r\n`, "ok"],
  "a blank before a chunk extension": [`${chunked}5 ;a\r\nhello\r\n0\r\n\r\n`, "ok"],
  "LF after the chunk size": [`${chunked}5\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "LF in a chunk extension": [`${chunked}5;a\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "CR in a chunk extension": [`${chunked}5;a\rb\r\nhello\r\n0\r\n\r\n`, "bad-line-ending 400"],
  "a chunk without CR LF after it": [`${chunked}5\r\nhello0\r\n\r\n`, "bad-chunk 400"],
  "a chunk with LF after it": [`${chunked}5\r\nhello\n0\r\n\r\n`, "bad-chunk 400"],
  "a chunk without a size": [`${chunked}\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a chunk size that is no number": [`${chunked}5g\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a negative chunk size": [`${chunked}-5\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a chunk size with 0x": [`${chunked}0x5\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a space before the chunk size": [`${chunked} 5\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a space after the chunk size": [`${chunked}5 \r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a chunk size that overflows": [`${chunked}10000000000000005\r\nhello\r\n0\r\n\r\n`, "bad-chunk 400"],
  "a folded trailer": [`${chunked}0\r\nX: y\r\n z\r\n\r\n`, "obs-fold 400"],
  "LF in the trailers": [`${chunked}0\r\nX: y\n\r\n`, "bad-line-ending 400"],
  "LF for the end of the trailers": [`${chunked}0\r\n\n`, "bad-line-ending 400"],

  // Expectations (RFC 9110 §10.1.1), and ends in the middle (RFC 9112 §8)
  "an unknown expectation": [`${get}Expect: tea\r\n\r\n`, "unsupported-expectation 417"],
  "an expectation in HTTP/1.0": ["GET / HTTP/1.0\r\nExpect: tea\r\n\r\n", "ok"],
  "an expectation without a body": [`${get}Expect: 100-Continue\r\n\r\n`, "ok"],
  "half a head": [get, "truncated 400"],
  "half a body": [`${post}Content-Length: 5\r\n\r\nhel`, "truncated 400"],
  "chunks without a last one": [`${chunked}5\r\nhello\r\n`, "truncated 400"],
};

for (const [name, [request, answer]] of Object.entries(rows)) {
  test(`${name}: ${answer}`, () => {
    inEveryCut(request, (chunks, how) => {
      const { events, output, machine } = hear(chunks);
      const fault = events.find((event) => event.startsWith("fault "));
      assert.equal(fault?.slice("fault ".length) ?? "ok", answer, how);
      if (answer === "ok") {
        assert.equal(machine.closing, "end", how);
        return;
      }
      // Refused once, with the status of the table, and nothing is read after it.
      assert.match(
        output,
        new RegExp(`^HTTP/1.1 ${answer.slice(-3)} [^\r]+\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$`),
      );
      assert.equal(machine.closing, "end", how);
      machine.receive(Buffer.from(`${get}\r\n`));
      assert.equal(machine.next(), undefined);
    });
  });
}
