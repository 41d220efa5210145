import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemNames, useNames } from "./names.ts";
import { nodeReactor } from "./reactor.ts";

const { names } = nodeReactor;

describe("the system's names", () => {
  it("a literal address answers itself", async () => {
    assert.deepEqual(await names.lookup("192.0.2.1"), [{ family: "ipv4", host: "192.0.2.1" }]);
    assert.deepEqual(await names.lookup("2001:db8::1"), [{ family: "ipv6", host: "2001:db8::1" }]);
  });

  it("callers who ask the same at once share one answer, later ones do not", async () => {
    const [first, second] = await Promise.all([names.lookup("localhost"), names.lookup("localhost")]);
    assert.equal(first, second);
    assert.ok(first.length > 0);
    assert.notEqual(await names.lookup("localhost"), first);
  });

  it("a caller who gives up leaves the others their answer", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const given = names.lookup("localhost", { signal: controller.signal });
    const kept = names.lookup("localhost");
    controller.abort(reason);
    await assert.rejects(given, reason);
    assert.ok((await kept).length > 0);
    await assert.rejects(names.lookup("localhost", { signal: controller.signal }), reason);
  });

  it("others can be put in their place, and they back", async () => {
    const found = [{ family: "ipv4", host: "192.0.2.7" }] as const;
    assert.equal(useNames({ lookup: async () => found }), systemNames);
    assert.equal(await names.lookup("www.example"), found);
    useNames(systemNames);
    assert.deepEqual(await names.lookup("192.0.2.1"), [{ family: "ipv4", host: "192.0.2.1" }]);
  });
});
