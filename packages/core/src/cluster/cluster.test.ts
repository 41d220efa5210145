import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, it } from "node:test";
import { type Cluster, type ClusterEvent, startCluster } from "./index.ts";

const application = new URL("./greeting.test-kit.js", import.meta.url);

function start(workers: number, port = 0): Promise<Cluster> {
  return startCluster({ application, parameters: { port }, workers });
}

/** One conversation: reads the greeting, has a line echoed, ends. Rejects when anything is missing. */
function talk(cluster: Cluster): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(cluster.listening[0]), "127.0.0.1");
    let text = "";
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      if (text === "") socket.end("and back\n");
      text += chunk.toString();
    });
    socket.on("close", () => {
      const [, pid] = /^cluster (\d+)\nand back\n$/.exec(text) ?? [];
      if (pid === undefined) reject(new Error(`Broken conversation: ${JSON.stringify(text)}`));
      else resolve(Number(pid));
    });
  });
}

/** Talks without a pause, four at a time, until told to stop. */
function load(cluster: Cluster): () => Promise<{ pids: Set<number>; failures: Error[] }> {
  let going = true;
  const result = { pids: new Set<number>(), failures: [] as Error[] };
  const client = async () => {
    while (going)
      await talk(cluster).then(
        (pid) => result.pids.add(pid),
        (error) => result.failures.push(error),
      );
  };
  const clients = Array.from({ length: 4 }, client);
  return async () => {
    going = false;
    await Promise.all(clients);
    return result;
  };
}

/** Waits for the next event of a type. */
function next(type: ClusterEvent["type"]): Promise<ClusterEvent> {
  return new Promise((resolve) => {
    subscribe("hawser:cluster", (message) => {
      if ((message as ClusterEvent).type === type) resolve(message as ClusterEvent);
    });
  });
}

describe("a cluster", () => {
  it("listens in every worker on one port, told once, and stops", async () => {
    const cluster = await start(2);
    assert.equal(cluster.pids.length, 2);
    assert.equal(cluster.listening.length, 1);
    assert.ok(cluster.pids.includes(await talk(cluster)));
    await Promise.all([cluster.stop(), cluster.stop()]);
    assert.deepEqual(cluster.pids, []);
    await assert.rejects(talk(cluster), { code: "ECONNREFUSED" });
  });

  it("cuts its ten seconds of grace short when it is told to hurry", { timeout: 8_000 }, async () => {
    const cluster = await start(2);
    const socket = connect(Number(cluster.listening[0]), "127.0.0.1").on("error", () => {});
    await once(socket, "data");
    const hurry = new AbortController();
    const stopped = cluster.stop({ signal: hurry.signal });
    hurry.abort();
    await stopped;
    assert.deepEqual(cluster.pids, []);
  });

  it("tells once why it cannot start", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(start(2, port), {
      name: "ConnectionError",
      code: "address-in-use",
      message: `Cannot listen on tcp:${port}: address already in use`,
    });
    taken.close();
    const nowhere = startCluster({ application: new URL("file:///nowhere.js"), workers: 1 });
    await assert.rejects(nowhere, { code: "ERR_MODULE_NOT_FOUND" });
  });

  it("replaces a killed worker; only what the dead one held is lost", async () => {
    await using cluster = await start(2);
    const finish = load(cluster);
    const pid = await talk(cluster);
    const [lost, ready] = [next("lost"), next("ready")];
    process.kill(pid, "SIGKILL");
    assert.deepEqual(await lost, { type: "lost", pid, reason: "SIGKILL" });
    await ready;
    assert.equal(cluster.pids.length, 2);
    const { failures } = await finish();
    assert.ok(failures.length <= 4, `${failures.length} conversations failed: ${failures[0]}`);
  });

  it("restarts one by one under load without losing a conversation", async () => {
    await using cluster = await start(2);
    const before = cluster.pids;
    const finish = load(cluster);
    await talk(cluster);
    await cluster.restart();
    const after = cluster.pids;
    assert.equal(after.length, 2);
    assert.ok(after.every((pid) => !before.includes(pid)));
    assert.ok(after.includes(await talk(cluster)));
    const { failures, pids } = await finish();
    assert.deepEqual(failures, []);
    assert.ok(pids.size >= 2);
  });
});
