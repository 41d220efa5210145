import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { acceptEncodingField, acceptField, acceptLanguageField } from "../fields/index.ts";
import {
  filterLanguages,
  lookupLanguage,
  negotiateCharset,
  negotiateEncoding,
  negotiateLanguage,
  negotiateMediaType,
} from "./index.ts";

type Case = readonly [accept: string | undefined, offered: readonly string[], chosen: string | undefined];

const MEDIA: readonly Case[] = [
  [undefined, ["text/html", "text/plain"], "text/html"],
  ["", ["text/html"], "text/html"],
  ["audio/*; q=0.2, audio/basic", ["audio/mp4", "audio/basic"], "audio/basic"],
  ["text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", ["text/plain", "text/x-dvi", "text/x-c"], "text/x-c"],
  ["text/*;q=0.3, text/html;q=0.7, text/html;level=1", ["text/html;level=3", "text/html;level=1"], "text/html;level=1"],
  ["text/*, text/plain, text/plain;format=flowed;q=0.1, */*", ["text/plain;format=flowed"], "text/plain;format=flowed"],
  ["text/html;q=0, */*", ["text/html", "text/plain"], "text/plain"],
  ["*/*", ["a/b", "c/d"], "a/b"],
  ["c/d, a/b", ["a/b", "c/d"], "a/b"],
  ["TEXT/HTML;Charset=UTF-8", ["text/html; charset=utf-8"], "text/html; charset=utf-8"],
  ["image/*", ["text/html"], undefined],
];

const ENCODING: readonly Case[] = [
  [undefined, ["gzip", "identity"], "identity"],
  ["", ["gzip", "identity"], "identity"],
  ["compress, gzip", ["br", "gzip", "identity"], "gzip"],
  ["gzip, br", ["br", "gzip", "identity"], "br"],
  ["*", ["gzip", "identity"], "gzip"],
  ["gzip;q=0.5, identity", ["gzip", "identity"], "identity"],
  ["gzip;q=0.001", ["identity", "gzip"], "gzip"],
  ["gzip;q=0, *", ["gzip", "br"], "br"],
  ["br, identity;q=0", ["gzip", "identity"], undefined],
  ["br, *;q=0", ["gzip", "identity"], undefined],
  ["*;q=0, identity;q=0.1", ["gzip", "identity"], "identity"],
  ["x-gzip", ["gzip"], "gzip"],
];

const LANGUAGE: readonly Case[] = [
  [undefined, ["de", "en"], "de"],
  ["da, en-gb;q=0.8, en;q=0.7", ["en-US", "en-GB"], "en-GB"],
  ["de-ch", ["de"], undefined],
  ["de", ["deu", "de-CH"], "de-CH"],
  ["en;q=0, *", ["en-US", "fr"], "fr"],
  ["fr;q=0.5, *;q=0.6", ["fr", "it"], "it"],
];

describe("negotiation takes what the client likes best, and of equals the server's first", () => {
  for (const [accept, offered, chosen] of MEDIA) {
    test(`Accept: ${accept} of ${offered}`, () => {
      assert.equal(negotiateMediaType(accept === undefined ? accept : acceptField.parse(accept), offered), chosen);
    });
  }
  for (const [accept, offered, chosen] of ENCODING) {
    test(`Accept-Encoding: ${accept} of ${offered}`, () => {
      assert.equal(
        negotiateEncoding(accept === undefined ? accept : acceptEncodingField.parse(accept), offered),
        chosen,
      );
    });
  }
  for (const [accept, offered, chosen] of LANGUAGE) {
    test(`Accept-Language: ${accept} of ${offered}`, () => {
      assert.equal(
        negotiateLanguage(accept === undefined ? accept : acceptLanguageField.parse(accept), offered),
        chosen,
      );
    });
  }

  test("Accept-Charset: utf-8;q=0.5, * of utf-8, koi8-r", () => {
    const accept = [
      { value: "utf-8", weight: 0.5 },
      { value: "*", weight: 1 },
    ];
    assert.equal(negotiateCharset(accept, ["UTF-8", "koi8-r"]), "koi8-r");
    assert.equal(negotiateCharset(accept, ["UTF-8"]), "UTF-8");
    assert.equal(negotiateCharset([], ["utf-8"]), "utf-8");
    assert.equal(negotiateCharset(undefined, ["utf-8"]), "utf-8");
  });

  test("an offer that is no media type is our mistake", () => {
    assert.throws(() => negotiateMediaType(acceptField.parse("*/*"), ["html"]), TypeError);
  });
});

test("filterLanguages gives all that fit, the most wanted first (RFC 4647 §3.3.1)", () => {
  const accept = acceptLanguageField.parse("de-de;q=0.5, en, fr;q=0")!;
  assert.deepEqual(filterLanguages(accept, ["de-DE-1996", "fr-CH", "de", "en-GB", "de-DE"]), [
    "en-GB",
    "de-DE-1996",
    "de-DE",
  ]);
});

test("lookupLanguage shortens ranges until one is met (RFC 4647 §3.4)", () => {
  const look = (accept: string, ...offered: string[]) =>
    lookupLanguage(acceptLanguageField.parse(accept)!, offered, "en");
  assert.equal(look("zh-hant-cn-x-private1-private2", "zh", "zh-Hant"), "zh-Hant");
  assert.equal(look("zh-x-a", "x", "zh"), "zh");
  assert.equal(look("fr-FR, zh-Hant", "zh-hant", "fr"), "fr");
  assert.equal(look("it;q=0.1, fr;q=0.9", "it", "fr"), "fr");
  assert.equal(look("de-CH, de;q=0", "de"), "en");
  assert.equal(look("*", "de"), "en");
  assert.equal(lookupLanguage([], ["de"]), undefined);
});
