import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpHeaders } from "../../http/headers.ts";
import { httpReasonPhrase } from "../../http/reasons.ts";
import { Http1ServerMachine } from "../index.ts";
import { octets, takeAll } from "../testing/conversation.test.ts";
import { formatTrailers, OutgoingFields } from "./outgoing-fields.ts";
import { formatStatusLine } from "./status-line.ts";

function written(...list: readonly string[]): string {
  const fields = new OutgoingFields();
  fields.read(list);
  return fields.text;
}

test("names in small letters get their usual spelling, others stay as they are", () => {
  assert.equal(
    written("content-type", "a", "X-Odd-name", "b", "etag", "c"),
    "Content-Type: a\r\nX-Odd-name: b\r\nETag: c\r\n",
  );
});

test("fields that never change are read once, and again after others were read, or refused", () => {
  const shared = new HttpHeaders({ "x-a": "1", "content-length": "5", connection: "close" });
  const fields = new OutgoingFields();
  const read = () => {
    fields.read(shared.copy());
    return [fields.text, fields.contentLength, fields.close];
  };
  const known = ["X-A: 1\r\n", 5, true];
  assert.deepEqual([read(), read()], [known, known]);
  fields.read(["x-b", "2"]);
  assert.deepEqual([fields.text, fields.contentLength, fields.close], ["X-B: 2\r\n", undefined, false]);
  assert.deepEqual(read(), known);
  assert.throws(() => fields.read(["x-b", "2", "keep-alive", "1"]), TypeError);
  assert.deepEqual(read(), known);
  shared.set("x-a", "3");
  assert.deepEqual(read(), ["X-A: 3\r\n", 5, true]);
  fields.read(undefined);
  assert.equal(fields.text, "");
});

test("serializers refuse what could be read as something else (RFC 9110 §5.5)", () => {
  for (const value of ["a\r\nb: c", "a\n", "\ra", "a\0b", "a\x0bb", "a\x7f", " a", "a ", "☃"]) {
    assert.throws(() => written("x", value), TypeError, JSON.stringify(value));
    assert.throws(() => formatTrailers(["x", value]), TypeError, JSON.stringify(value));
    assert.throws(() => formatStatusLine(200, value), TypeError, JSON.stringify(value));
  }
  for (const name of ["", "a b", "a:", "a\r\nb", "a\0", "é"]) assert.throws(() => written(name, "a"), TypeError, name);
});

test("fields that belong to the machine are refused or listened to", () => {
  for (const name of ["Transfer-Encoding", "transfer-encoding", "Keep-Alive"]) {
    assert.throws(() => written(name, "chunked"), TypeError);
  }
  for (const value of ["", "-1", "1, 1", "0x1", "1e3", "9".repeat(16)])
    assert.throws(() => written("content-length", value), TypeError);
  assert.throws(() => written("content-length", "1", "Content-Length", "2"), TypeError);
  assert.equal(written("content-length", "1", "connection", "keep-alive"), "");
});

test("fields that frame, route or steer have no place after the body (RFC 9110 §6.5.1)", () => {
  for (const name of ["Content-Length", "transfer-encoding", "HOST", "Trailer", "Authorization", "Content-Type"]) {
    assert.throws(() => formatTrailers([name, "1"]), TypeError, name);
  }
  assert.equal(formatTrailers(["sum", "1"]), "Sum: 1\r\n");
});

test("a status is a whole number from 100 to 599", () => {
  assert.equal(formatStatusLine(200), "HTTP/1.1 200 OK\r\n");
  assert.equal(formatStatusLine(299), "HTTP/1.1 299 \r\n");
  assert.equal(formatStatusLine(404, "Gone fishing"), "HTTP/1.1 404 Gone fishing\r\n");
  assert.equal(httpReasonPhrase(418), "");
  for (const status of [99, 600, 200.5, Number.NaN])
    assert.throws(() => formatStatusLine(status), RangeError, `${status}`);
});

test("a response that is refused leaves the connection as it was", () => {
  const machine = new Http1ServerMachine({ now: () => 0 });
  machine.receive(octets("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  machine.next();
  const headers = ["x", "a\r\nb"];
  assert.throws(() => machine.send({ type: "response", status: 200, headers }), TypeError);
  assert.throws(() => machine.send({ type: "informational", status: 103, headers }), TypeError);
  assert.throws(() => machine.send({ type: "response", status: 200, body: "☃" }), TypeError);
  assert.throws(() => machine.send({ type: "response", status: 200, reason: "\n" }), TypeError);
  for (const status of [99, 100, 101, 199, 600])
    assert.throws(() => machine.send({ type: "response", status }), RangeError);
  for (const status of [99, 101, 200]) assert.throws(() => machine.send({ type: "informational", status }), RangeError);
  for (const length of [-1, 0.5, Number.NaN])
    assert.throws(() => machine.send({ type: "response", status: 200, length }), RangeError);
  machine.send({ type: "response", status: 200 });
  assert.equal(takeAll(machine), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
});
