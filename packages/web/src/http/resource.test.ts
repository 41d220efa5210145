import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../testing/ask.test.kit.ts";
import { HttpError } from "./error.ts";
import type { HttpRequest } from "./request.ts";
import { folder, type HttpChild, type HttpResource } from "./resource.ts";
import { type HttpResponse, text } from "./response.ts";

/** Answers with what was consumed above it, and what is left. */
const where = (request: HttpRequest): HttpResponse => text(`${request.prefix} ${request.rest.join("|")}`);

test("a resource answers for everything below it", async () => {
  const site = folder().mount("doc", where);
  assert.equal((await ask(site, "GET /doc")).body, "/doc ");
  assert.equal((await ask(site, "GET /doc/a%20b/c/")).body, "/doc a b|c");
});

test("the longest path wins, whatever was mounted first", async () => {
  const site = folder()
    .mount("/api/", () => text("old"))
    .mount("api/v2", where);
  assert.equal((await ask(site, "GET /api/v2/x")).body, "/api/v2 x");
  assert.equal((await ask(site, "GET /api/v1/x")).body, "old");
  assert.throws(() => site.mount("/", where), TypeError);
});

test("folders stand in folders, and only their index answers for themselves", async () => {
  const site = folder(() => text("home")).mount("a", folder().mount("b", folder(where)));
  assert.equal((await ask(site, "GET /")).body, "home");
  assert.equal((await ask(site, "GET /a/b/")).body, "/a/b ");
  for (const path of ["/a", "/a/", "/b", "/a/b/c", "/nowhere"])
    assert.equal((await ask(site, `GET ${path}`)).status, 404, path);
});

/** `/users/<name>/posts/<number>`, found two segments at a time, and asked of a slow store. */
class Users implements HttpResource {
  readonly asked: string[] = [];

  async child(request: HttpRequest): Promise<HttpChild | undefined> {
    const [name, , number] = request.rest;
    this.asked.push(request.rest.join("/"));
    if (name === "nobody") throw new HttpError(404, "No such user");
    if (number === undefined) return undefined;
    return { resource: (inner) => text(`${name}'s post ${number} ${inner.rest.join("|")}`), consumed: 3 };
  }

  render(request: HttpRequest): HttpResponse {
    return text(`users ${request.rest.join("|")}`);
  }
}

test("a child may take several segments, and its time", async () => {
  const site = folder().mount("users", new Users());
  assert.equal((await ask(site, "GET /users/ann/posts/7/edit")).body, "ann's post 7 edit");
  assert.equal((await ask(site, "GET /users/ann")).body, "users ann");
  assert.equal((await ask(site, "GET /users/nobody/x")).body, "404 Not Found: No such user\n");
});

test("a child is asked for only while segments are left", async () => {
  const users = new Users();
  const site = folder().mount("users", users);
  await ask(site, "GET /users");
  await ask(site, "GET /users/");
  assert.deepEqual(users.asked, []);
});

test("plain answers come without a promise", async () => {
  assert.equal((await ask(folder().mount("a", where), "GET /a")).atOnce, true);
  assert.equal((await ask(folder().mount("a", new Users()), "GET /a/b")).atOnce, false);
});

test("paths that no server may use are 400 before any resource is asked", async () => {
  const site = folder().mount("a", where);
  for (const path of ["/a/../b", "/a/%2e%2e/b", "/a//b", "/a%2Fb", "/a%00", "/a%5Cb", "/%ff", "/%C0%AF", "/./a"])
    assert.equal((await ask(site, `GET ${path}`)).status, 400, path);
});
