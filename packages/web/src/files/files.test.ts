import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError, type FileTree, memoryTree, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock } from "@hawser/core/testing";
import { folder } from "../http/resource.ts";
import { text } from "../http/response.ts";
import { type AskOptions, ask } from "../testing/ask.test.kit.ts";
import { type FilesOptions, files } from "./index.ts";

const page = "<h1>Hello</h1>";
const letters = "abcdefghijklmnopqrstuvwxyz";
const content = {
  "index.html": page,
  "letters.txt": letters,
  "docs/guide.md": "# Guide",
  "docs/a b.txt": "blank",
  "docs/a:b/index.html": "colon",
  ".secret": "x",
  ".well-known/acme-challenge/token": "proof",
  "docs/.git/config": "x",
  "app.js": "plain",
  "app.js.gz": "gzipped",
  "app.js.br": "brotli",
  "empty.txt": "",
  README: "read me",
};

/** A site in memory whose clock a test moves. */
function world(tree: FileTree = memoryTree(content), options: FilesOptions = {}) {
  const clock = new ManualClock();
  const reactor: Reactor = { ...memoryReactor(), clock, files: () => tree };
  const root = files(tree, options);
  const get = (path: string, fields: readonly string[] = []) => ask(root, `GET ${path}`, fields, { reactor });
  const asked = (line: string, fields: readonly string[] = [], more: AskOptions = {}) =>
    ask(root, line, fields, { reactor, ...more });
  return { tree, clock, reactor, root, get, asked };
}

describe("files", () => {
  test("sends a file with its type, length and validators", async () => {
    const { get } = world();
    const { status, headers, body } = await get("/letters.txt");
    assert.equal(status, 200);
    assert.equal(body, letters);
    assert.equal(headers["content-type"], "text/plain; charset=utf-8");
    assert.match(headers["etag"]!, /^"[\w-]{16}"$/);
    assert.equal(headers["last-modified"], "Thu, 01 Jan 1970 00:00:00 GMT");
    assert.equal(headers["accept-ranges"], "bytes");
    assert.equal(headers["cache-control"], undefined);
  });

  const types = [
    ["/README", "application/octet-stream"],
    ["/docs/guide.md", "text/x-readme"],
    ["/app.js.gz", "application/gzip"],
  ] as const;
  for (const [path, type] of types) {
    test(`sends ${path} as ${type}`, async () => {
      const { get } = world(undefined, { types: { ".md": "text/x-readme; charset=utf-8" } });
      assert.equal((await get(path)).headers["content-type"]?.split(";")[0], type);
    });
  }

  test("opens a folder given as text by the reactor of the connection", async () => {
    const { reactor } = world();
    assert.equal((await ask(files("/var/www"), "GET /letters.txt", [], { reactor })).body, letters);
  });

  test("answers HEAD without opening the file", async () => {
    const tree = memoryTree(content);
    tree.open = () => assert.fail("opened");
    const { status, headers, body } = await world(tree).asked("HEAD /letters.txt");
    assert.deepEqual([status, headers["content-length"], body], [200, "26", ""]);
  });

  test("tells the methods it has, refuses others with 405 and strange ones with 501", async () => {
    const { asked } = world();
    assert.equal((await asked("OPTIONS /letters.txt")).headers["allow"], "GET, HEAD, OPTIONS");
    const post = await asked("POST /letters.txt");
    assert.deepEqual([post.status, post.headers["allow"]], [405, "GET, HEAD, OPTIONS"]);
    assert.equal((await asked("FROB /letters.txt")).status, 501);
  });

  test("takes Cache-Control from a text or a function", async () => {
    const fixed = world(undefined, { cacheControl: "no-cache" });
    assert.equal((await fixed.get("/letters.txt")).headers["cache-control"], "no-cache");
    const chosen = world(undefined, { cacheControl: (path) => (path.at(-1) === "app.js" ? "max-age=60" : undefined) });
    assert.equal((await chosen.get("/app.js")).headers["cache-control"], "max-age=60");
    assert.equal((await chosen.get("/letters.txt")).headers["cache-control"], undefined);
  });

  test("serves what is mounted over it", async () => {
    const { root, get } = world();
    root.mount("letters.txt", () => text("mounted"));
    assert.equal((await get("/letters.txt")).body, "mounted");
  });

  test("says which endings it cannot mean", () => {
    assert.throws(() => files("/", { types: { md: "text/markdown" } }), /write ".pl"/);
  });
});

describe("paths", () => {
  const rows = [
    ["/", 200],
    ["/docs/guide.md", 200],
    ["/docs/a%20b.txt", 200],
    ["/nothing", 404],
    ["/letters.txt/", 404],
    ["/letters.txt/more", 404],
    ["/.secret", 404],
    ["/docs/.git/config", 404],
    ["/.well-known/acme-challenge/token", 200],
    ["/docs/.well-known/token", 404],
    ["/../letters.txt", 400],
    ["/docs/../letters.txt", 400],
    ["/docs/%2e%2e/letters.txt", 400],
    ["/docs/..%2fletters.txt", 400],
    ["/docs/..%5cletters.txt", 400],
    ["/docs//guide.md", 400],
    ["/letters.txt%00.html", 400],
    ["/%ff", 400],
    ["/%252e%252e/letters.txt", 404],
    [`/${"a".repeat(300)}`, 404],
  ] as const;
  for (const [path, status] of rows) {
    test(`${path.slice(0, 40)} is answered with ${status}`, async () => {
      assert.equal((await world().get(path)).status, status);
    });
  }

  test("hidden files are served to those who want that", async () => {
    assert.equal((await world(undefined, { hidden: true }).get("/.secret")).status, 200);
  });

  const redirects = [
    ["/docs", "./docs/"],
    ["/docs?sort=size", "./docs/?sort=size"],
    ["/docs/a:b", "./a:b/"],
    ["/docs/a%3Ab?x", "./a%3Ab/?x"],
  ] as const;
  for (const [path, location] of redirects) {
    test(`${path} is sent on to ${location}`, async () => {
      const { status, headers } = await world().get(path);
      assert.deepEqual([status, headers["location"]], [301, location]);
    });
  }

  test("the folder at which files are mounted has a slash too", async () => {
    const site = folder().mount("doc", world().root);
    assert.equal((await ask(site, "GET /doc")).headers["location"], "./doc/");
    assert.equal((await ask(site, "GET /doc/")).body, page);
  });

  test("the first index name that exists stands for its folder", async () => {
    const { get } = world(memoryTree({ "b.html": "b", "c.html": "c" }), { index: ["a.html", "b.html", "c.html"] });
    assert.equal((await get("/")).body, "b");
  });

  const refusals = [
    ["not-permitted", 403],
    ["too-many-open", 503],
    ["invalid-path", 404],
  ] as const;
  for (const [code, status] of refusals) {
    test(`a file that fails to open with ${code} is answered with ${status}, and says no more`, async () => {
      const tree = memoryTree(content);
      tree.open = async () => {
        throw new FileError(code, "Cannot open /srv/secret/letters.txt");
      };
      const answer = await world(tree).get("/letters.txt");
      assert.equal(answer.status, status);
      assert.doesNotMatch(answer.body, /srv/);
    });
  }
});

describe("processors", () => {
  const said = {
    processors: {
      ".pl":
        ({ path, pathInfo }) =>
        () =>
          text(JSON.stringify({ path, pathInfo })),
    },
  } satisfies FilesOptions;
  const tree = () => memoryTree({ "cgi/page.pl": "print", "index.pl": "print", "plain.txt": "" });
  const rows = [
    ["GET /cgi/page.pl", { path: ["cgi", "page.pl"], pathInfo: [] }],
    ["POST /cgi/page.pl", { path: ["cgi", "page.pl"], pathInfo: [] }],
    ["GET /cgi/page.pl/a/b", { path: ["cgi", "page.pl"], pathInfo: ["a", "b"] }],
    ["GET /cgi/page.pl/a/", { path: ["cgi", "page.pl"], pathInfo: ["a", ""] }],
    ["GET /cgi/page.pl/", { path: ["cgi", "page.pl"], pathInfo: [""] }],
    ["GET /", { path: ["index.pl"], pathInfo: [] }],
  ] as const;
  for (const [line, expected] of rows) {
    test(`${line} is answered by the processor of its ending`, async () => {
      const { asked } = world(tree(), { ...said, index: ["index.pl"] });
      assert.deepEqual(JSON.parse((await asked(line)).body), expected);
    });
  }

  test("a file without one has nothing behind it", async () => {
    assert.equal((await world(tree(), said).get("/plain.txt/a")).status, 404);
    assert.equal((await world(tree(), said).get("/none.pl/a")).status, 404);
  });
});

describe("conditions (RFC 9110 §13)", () => {
  const modified = Date.UTC(1999, 11, 1, 10, 0, 0);
  const on = "Wed, 01 Dec 1999 10:00:00 GMT";
  const before = "Wed, 01 Dec 1999 09:59:59 GMT";
  const dated = () => world(memoryTree({ "a.txt": letters }, { now: () => modified }), { cacheControl: "no-cache" });
  const rows = [
    [["If-None-Match: TAG"], 304],
    [["If-None-Match: W/TAG"], 304],
    [['If-None-Match: "other", TAG'], 304],
    [["If-None-Match: *"], 304],
    [['If-None-Match: "other"'], 200],
    [['If-None-Match: "other"', `If-Modified-Since: ${on}`], 200],
    [["If-None-Match: TAG", `If-Modified-Since: ${before}`], 304],
    [[`If-Modified-Since: ${on}`], 304],
    [[`If-Modified-Since: ${before}`], 200],
    [["If-Modified-Since: yesterday"], 200],
    [["If-Match: TAG"], 200],
    [["If-Match: *"], 200],
    [['If-Match: "other"'], 412],
    [["If-Match: W/TAG"], 412],
    [[`If-Unmodified-Since: ${on}`], 200],
    [[`If-Unmodified-Since: ${before}`], 412],
    [["If-Match: TAG", `If-Unmodified-Since: ${before}`], 200],
    [["Range: bytes=1-2", "If-Range: TAG"], 206],
    [["Range: bytes=1-2", "If-Range: W/TAG"], 200],
    [["Range: bytes=1-2", 'If-Range: "other"'], 200],
    [["Range: bytes=1-2", `If-Range: ${on}`], 206],
    [["Range: bytes=1-2", `If-Range: ${before}`], 200],
    [["Range: bytes=1-2", "If-None-Match: TAG"], 304],
  ] as const;
  for (const [fields, status] of rows) {
    test(`${fields.join(" and ")}: ${status}`, async () => {
      const { get } = dated();
      const tag = (await get("/a.txt")).headers["etag"]!;
      const told = fields.map((field) => field.replace("TAG", tag));
      assert.equal((await get("/a.txt", told)).status, status);
    });
  }

  test("304 brings what a cache needs to renew its answer, and nothing more", async () => {
    const { headers, body } = await dated().get("/a.txt", ["If-None-Match: *"]);
    assert.deepEqual(Object.keys(headers).sort(), ["cache-control", "etag", "last-modified"]);
    assert.equal(body, "");
  });

  test("a file changed just now has a weak tag, since it may change again unseen", async () => {
    const tree = memoryTree({}, { now: () => Date.UTC(2000, 0, 1) - 500 });
    await tree.writeFile("a.txt", "a");
    const { get, clock } = world(tree);
    assert.match((await get("/a.txt")).headers["etag"]!, /^W\//);
    assert.equal(
      (await get("/a.txt", ["Range: bytes=0-0", `If-Range: ${(await get("/a.txt")).headers["etag"]}`])).status,
      200,
    );
    clock.advance(2_000);
    assert.match((await get("/a.txt")).headers["etag"]!, /^"/);
  });
});

describe("ranges (RFC 9110 §14)", () => {
  const one = [
    ["bytes=0-2", "abc", "bytes 0-2/26"],
    ["bytes=23-", "xyz", "bytes 23-25/26"],
    ["bytes=-2", "yz", "bytes 24-25/26"],
    ["bytes=20-99", "uvwxyz", "bytes 20-25/26"],
    ["bytes=-99", letters, "bytes 0-25/26"],
  ] as const;
  // Kept in memory, and streamed.
  for (const cacheFileOctetsMax of [1000, 0]) {
    for (const [range, body, said] of one) {
      test(`${range} is ${said}, ${cacheFileOctetsMax === 0 ? "streamed" : "from memory"}`, async () => {
        const { get } = world(undefined, { cacheFileOctetsMax });
        const answer = await get("/letters.txt", [`Range: ${range}`]);
        assert.deepEqual([answer.status, answer.body, answer.headers["content-range"]], [206, body, said]);
      });
    }

    test(`several ranges come as parts, ${cacheFileOctetsMax === 0 ? "streamed" : "from memory"}`, async () => {
      const { get } = world(undefined, { cacheFileOctetsMax });
      const { status, headers, body } = await get("/letters.txt", ["Range: bytes=0-1, 4-5,-1"]);
      const boundary = /^multipart\/byteranges; boundary=([\w-]{24})$/.exec(headers["content-type"]!)?.[1];
      assert.equal(status, 206);
      assert.equal(headers["content-range"], undefined);
      const part = (range: string, octets: string) =>
        `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/26\r\n\r\n${octets}\r\n`;
      assert.equal(body, `${part("0-1", "ab")}${part("4-5", "ef")}${part("25-25", "z")}--${boundary}--\r\n`);
    });
  }

  const whole = ["bytes=2-1", "lines=1-2", "bytes=a-b", "bytes=0-9,5-12,8-20,9-22", `bytes=${"0-0,".repeat(17)}1-1`];
  for (const range of whole) {
    test(`${range.slice(0, 30)} is answered with the whole file`, async () => {
      const { status, body } = await world().get("/letters.txt", [`Range: ${range}`]);
      assert.deepEqual([status, body], [200, letters]);
    });
  }

  for (const [path, range] of [
    ["/letters.txt", "bytes=26-"],
    ["/empty.txt", "bytes=0-"],
    ["/letters.txt", "bytes=-0"],
  ] as const) {
    test(`${range} of ${path} cannot be satisfied`, async () => {
      const { status, headers } = await world().get(path, [`Range: ${range}`]);
      assert.equal(status, 416);
      assert.match(headers["content-range"]!, /^bytes \*\/(26|0)$/);
    });
  }

  test("HEAD has no ranges", async () => {
    const { status, headers } = await world().asked("HEAD /letters.txt", ["Range: bytes=0-1"]);
    assert.deepEqual([status, headers["content-length"]], [200, "26"]);
  });
});

describe("precompressed siblings", () => {
  const rows = [
    [[], "plain", undefined],
    [["Accept-Encoding: gzip"], "gzipped", "gzip"],
    [["Accept-Encoding: gzip, br"], "brotli", "br"],
    [["Accept-Encoding: gzip;q=0.9, br;q=0.1"], "gzipped", "gzip"],
    [["Accept-Encoding: zstd"], "plain", undefined],
    [["Accept-Encoding: identity, gzip;q=0.5"], "plain", undefined],
    [["Accept-Encoding: *;q=0"], "plain", undefined],
  ] as const;
  for (const [fields, body, coding] of rows) {
    test(`${fields[0] ?? "nothing"} gets ${body}`, async () => {
      const answer = await world().get("/app.js", fields);
      assert.deepEqual([answer.body, answer.headers["content-encoding"]], [body, coding]);
      assert.equal(answer.headers["vary"], "Accept-Encoding");
      assert.equal(answer.headers["content-type"], "text/javascript; charset=utf-8");
    });
  }

  test("each has a tag of its own, and a condition is about the one chosen", async () => {
    const { get } = world();
    const gzip = ["Accept-Encoding: gzip"];
    const tags = [await get("/app.js"), await get("/app.js", gzip)].map(({ headers }) => headers["etag"]!);
    assert.notEqual(tags[0], tags[1]);
    assert.equal((await get("/app.js", [...gzip, `If-None-Match: ${tags[1]}`])).status, 304);
    assert.equal((await get("/app.js", [...gzip, `If-None-Match: ${tags[0]}`])).status, 200);
  });

  test("a range is always one of the file itself", async () => {
    const answer = await world().get("/app.js", ["Accept-Encoding: br", "Range: bytes=0-1"]);
    assert.deepEqual([answer.body, answer.headers["content-encoding"]], ["pl", undefined]);
  });

  test("one that is older than its file was forgotten, and is not sent", async () => {
    const tree = memoryTree(content);
    await tree.setAttributes("app.js", { modified: 5_000 });
    const answer = await world(tree).get("/app.js", ["Accept-Encoding: br"]);
    assert.deepEqual([answer.body, answer.headers["vary"]], ["plain", undefined]);
  });

  test("they can be left alone", async () => {
    const answer = await world(undefined, { precompressed: false }).get("/app.js", ["Accept-Encoding: br"]);
    assert.deepEqual([answer.body, answer.headers["vary"]], ["plain", undefined]);
  });
});
