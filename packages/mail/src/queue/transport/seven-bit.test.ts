import assert from "node:assert/strict";
import { test } from "node:test";
import { allParts, bodyOf, readMimeTree } from "@hawser/mime";
import { toSevenBit } from "./seven-bit.ts";

const convert = (text: string) => {
  const converted = toSevenBit(Buffer.from(text));
  return converted === undefined ? undefined : Buffer.from(converted).toString();
};

test("text of eight bits becomes quoted-printable, and says so once (RFC 6152 §3)", () => {
  const text =
    "Subject: Hi\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n";
  assert.equal(
    convert(text),
    "Subject: Hi\r\nContent-Type: text/plain; charset=utf-8\r\nMIME-Version: 1.0\r\n" +
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n",
  );
});

test("text of before MIME gets a charset that nobody knows (RFC 1428 §3)", () => {
  assert.match(
    convert("Subject: Hi\r\n\r\n\u00fc\r\n")!,
    /^Subject: Hi\r\nMIME-Version: 1\.0\r\nContent-Type: text\/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n$/,
  );
});

test("each part that needs it is converted, and nothing else; what they hold stays the same", () => {
  const part = (type: string, body: string, encoding = "8bit") =>
    `--b\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
  const inner =
    "Subject: In\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\r\n";
  const text =
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBefore\r\n" +
    part("text/plain; charset=utf-8", "\u00fc one") +
    part("text/plain", "plain", "7bit") +
    part("application/octet-stream", "\u00ff\u0000", "binary") +
    part("message/rfc822", inner) +
    "--b--\r\nAfter\r\n";
  const converted = convert(text)!;
  assert.match(converted, /^[\x00-\x7f]*$/);
  assert.doesNotMatch(converted, /8bit|binary/);
  const bodies = (message: string) => {
    const octets = Buffer.from(message);
    const leaves = [...allParts(readMimeTree(octets))].filter(({ parts }) => parts.length === 0);
    return leaves.map((leaf) => Buffer.from(bodyOf(leaf, octets)).toString());
  };
  assert.deepEqual(bodies(converted), bodies(text));
  assert.equal(bodies(converted).length, 4);
  assert.ok(converted.includes("\r\nBefore\r\n") && converted.endsWith("--b--\r\nAfter\r\n"));
});

test("what cannot be converted is not", () => {
  const signed =
    'MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; protocol="x/y"\r\n\r\n--b\r\n\r\n\u00fc\r\n--b\r\nContent-Type: x/y\r\n\r\nz\r\n--b--\r\n';
  assert.equal(convert(signed), undefined);
  assert.equal(convert("Subject: \u00fc\r\n\r\nHi\r\n"), undefined);
  assert.equal(convert("MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n\u00fc\r\n"), undefined);
});
