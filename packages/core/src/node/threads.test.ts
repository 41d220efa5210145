import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, describe, it } from "node:test";
import { workerExecArguments } from "./exec-arguments.ts";
import { nodeReactor } from "./reactor.ts";
import { NodeThreads } from "./threads.ts";

const work = new URL(
  `data:text/javascript,${encodeURIComponent(`
    export const add = (a, b) => a + b;
    export const later = async (value) => value;
    export function fail() { throw Object.assign(new RangeError("too far"), { code: "far" }); }
    export function spin() { for (;;); }
    export const nothing = 7;
    const given = [];
    export function give() {
      const octets = new Uint8Array(4).fill(7);
      given.push(octets);
      return { octets, [Symbol.for("hawser.movedBuffers")]: [octets.buffer] };
    }
    export const left = () => given.map(({ length }) => length);
  `)}`,
);

describe("worker threads", () => {
  after(() => nodeReactor.threads.close());
  const { threads } = nodeReactor;

  it("call a function with its parameters, and wait for promises", async () => {
    assert.equal(await threads.run(work, "add", [40, 2]), 42);
    assert.deepEqual(
      await threads.run(work, "later", [new Map([[1, new Uint8Array(2)]])]),
      new Map([[1, new Uint8Array(2)]]),
    );
  });

  it("give buffers away that a result names, in place of copies", async () => {
    assert.deepEqual(await threads.run(work, "give", []), { octets: new Uint8Array(4).fill(7) });
    const everywhere = Array.from({ length: 16 }, () => threads.run<readonly number[]>(work, "left", []));
    assert.deepEqual(new Set((await Promise.all(everywhere)).flat()), new Set([0]));
  });

  it("bring errors over with name, code and stack", () =>
    assert.rejects(threads.run(work, "fail", []), (error: Error & { code?: string }) => {
      assert.deepEqual([error.name, error.message, error.code], ["RangeError", "too far", "far"]);
      assert.match(error.stack ?? "", /at fail/);
      return true;
    }));

  it("say when there is no such function", () =>
    assert.rejects(threads.run(work, "nothing", []), /Cannot run "nothing": the module exports no such function/));

  it("end a task whose signal aborts, and go on with others", async () => {
    const controller = new AbortController();
    const endless = threads.run(work, "spin", [], { signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(endless, reason);
    await assert.rejects(threads.run(work, "add", [1, 1], { signal: controller.signal }), reason);
    assert.equal(await threads.run(work, "add", [1, 1]), 2);
  });

  it("take no more tasks than they may hold", async () => {
    const few = new NodeThreads(1);
    const first = few.run(work, "add", [1, 2]);
    await assert.rejects(few.run(work, "add", [2, 2]), { code: "bad-state" });
    assert.equal(await first, 3);
    assert.equal(await few.run(work, "add", [2, 2]), 4);
    await few.close();
  });

  it("finish what they do before they close, and start again", async () => {
    const sum = threads.run(work, "add", [1, 2]);
    await threads.close();
    assert.equal(await sum, 3);
    assert.equal(await threads.run(work, "add", [2, 2]), 4);
  });

  it("take over the options that decide what a module is, and no others", () => {
    const given = ["--test", "--import", "./x.js", "-C=source", "--enable-source-maps", "--input-type=module"];
    assert.deepEqual(workerExecArguments(given), ["--import", "./x.js", "-C=source", "--enable-source-maps"]);
  });

  it("do not keep the process alive when idle", () => {
    const reactor = JSON.stringify(new URL("reactor.js", import.meta.url).href);
    const program = `
      const { nodeReactor } = await import(${reactor});
      console.log(await nodeReactor.threads.run(new URL(${JSON.stringify(work.href)}), "add", [1, 2]));`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 5_000 });
    assert.deepEqual([run.stdout.toString(), run.stderr.toString(), run.status], ["3\n", "", 0]);
  });
});
