import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileEntry, memoryTree } from "@hawser/core";
import { ask } from "../testing/ask.test.kit.ts";
import { files } from "./index.ts";
import { listingOrder, makeListing } from "./listing.ts";
import { sizeForPeople } from "./listing-page.ts";

const tree = memoryTree({
  "file10.txt": "0123456789",
  "file2.txt": "01",
  "B.txt": "",
  "a&<b>.txt": "x",
  "x:y": "1",
  "zoo/": "",
  "apes/a.txt": "",
  ".hidden": "",
});
const site = files(tree);

async function namesFor(query: string): Promise<string[]> {
  const { body } = await ask(site, `GET /${query}`, ["Accept: application/json"]);
  return (JSON.parse(body) as { entries: { name: string }[] }).entries.map(({ name }) => name);
}

describe("the page of a folder", () => {
  const orders = [
    ["", ["apes", "zoo", "a&<b>.txt", "B.txt", "file2.txt", "file10.txt", "x:y"]],
    ["?order=desc", ["zoo", "apes", "x:y", "file10.txt", "file2.txt", "B.txt", "a&<b>.txt"]],
    ["?sort=size", ["apes", "zoo", "B.txt", "a&<b>.txt", "x:y", "file2.txt", "file10.txt"]],
    ["?sort=size&order=desc", ["apes", "zoo", "file10.txt", "file2.txt", "a&<b>.txt", "x:y", "B.txt"]],
    ["?sort=nonsense&order=up", ["apes", "zoo", "a&<b>.txt", "B.txt", "file2.txt", "file10.txt", "x:y"]],
  ] as const;
  for (const [query, names] of orders) {
    test(`is sorted for "${query}"`, async () => assert.deepEqual(await namesFor(query), names));
  }

  test("is HTML for people, with links that stay in the folder", async () => {
    const { headers, body } = await ask(site, "GET /");
    assert.equal(headers["content-type"], "text/html; charset=utf-8");
    assert.equal(headers["vary"], "Accept");
    assert.match(body, /href="\.\/apes\/"/);
    assert.match(body, /href="\.\/x%3Ay"/);
    assert.match(body, /href="\.\/a%26%3Cb%3E\.txt"/);
    assert.doesNotMatch(body, /\.hidden/);
  });

  test("escapes every name, in links, in text and in the title", async () => {
    const odd = files(memoryTree({ '"><script>/<img src=x>': "" }));
    const { body } = await ask(odd, "GET /%22%3E%3Cscript%3E/");
    assert.doesNotMatch(body, /<script|<img/);
    assert.match(body, /&#60;img src=x&#62;/);
  });

  test("leads to every folder above", async () => {
    const { body } = await ask(site, "GET /apes/");
    assert.match(body, /<a href="\.\.\/">example\.org<\/a>/);
    assert.match(body, /<b aria-current="page">apes<\/b>/);
    assert.match(body, /Parent folder/);
  });

  test("is JSON for programs that prefer it", async () => {
    const { headers, body } = await ask(site, "GET /apes/", ["Accept: text/html;q=0.5, application/json"]);
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(body), {
      entries: [{ name: "a.txt", type: "file", octets: 0, modified: "1970-01-01T00:00:00.000Z" }],
      more: false,
    });
  });

  test("shows hidden names to those who want that", async () => {
    assert.match((await ask(files(tree, { hidden: true }), "GET /")).body, /\.hidden/);
  });

  test("is not shown by those who do not want that", async () => {
    const { status, body } = await ask(files(tree, { listing: false }), "GET /");
    assert.deepEqual([status, body], [403, "403 Forbidden: This folder has no index page\n"]);
  });

  test("says that it is empty", async () => {
    assert.match((await ask(site, "GET /zoo/")).body, /This folder is empty/);
  });

  test("ends at ten thousand lines, and says so", () => {
    const entry = { kind: "file", octets: 1, modified: 0, identity: "", mode: 0 } as const;
    const found: FileEntry[] = Array.from({ length: 10_002 }, (_, at) => ({ ...entry, name: String(at) }));
    const { entries, more } = makeListing(found, listingOrder(new URLSearchParams()), false);
    assert.deepEqual([entries.length, more, entries.at(-1)?.name], [10_000, true, "9999"]);
  });

  const sizes = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 KB"],
    [9949, "9.9 KB"],
    [9950, "10 KB"],
    [999_600, "1.0 MB"],
    [1_500_000_000, "1.5 GB"],
  ] as const;
  for (const [octets, said] of sizes)
    test(`calls ${octets} octets ${said}`, () => assert.equal(sizeForPeople(octets), said));
});
