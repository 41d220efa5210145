import assert from "node:assert/strict";
import { test } from "node:test";
import type { IpAddress } from "../address.ts";
import { connection } from "../connections/connection-factory.ts";
import { ConnectionError } from "../errors.ts";
import { fakeReactor, settled } from "../fakes.test.kit.ts";
import { listen } from "../listen.ts";
import { type Deferred, deferred } from "../tasks/deferred.ts";
import { type KeepConnectedOptions, type KeptClient, keepConnected } from "./keep-connected.ts";

class FakeClient implements KeptClient {
  readonly #closed: Deferred<unknown> = deferred();
  readonly closed = this.#closed.promise;
  isDisposed = false;

  lose(reason: unknown = new ConnectionError("reset", "Connection lost")): void {
    this.#closed.resolve(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    this.lose(undefined);
  }
}

/** A service whose attempts succeed or fail as the test says, with waits of 100, 200, 400 ms. */
function begin(answers: boolean[], options: KeepConnectedOptions<FakeClient> = {}) {
  const reactor = fakeReactor();
  const log: string[] = [];
  const clients: FakeClient[] = [];
  const service = keepConnected(
    async () => {
      if (answers.shift() === false) throw new ConnectionError("refused", "Connection refused");
      const client = new FakeClient();
      clients.push(client);
      return client;
    },
    {
      reactor,
      backoff: { initialMs: 100, factor: 2, jitter: 0 },
      stableAfterMs: 1_000,
      onState: (state) => log.push(`${reactor.clock.now()} ${state.name}`),
      ...options,
    },
  );
  return { service, log, clients, clock: reactor.clock };
}

test("failures are waited out, longer each time, until there is a connection", async () => {
  const { service, log, clients, clock } = begin([false, false, true]);
  const connecting = service.whenConnected();
  await clock.elapse(300);
  assert.equal(await connecting, clients[0]);
  assert.equal(service.client, clients[0]);
  assert.deepEqual(log, [
    "0 connecting",
    "0 waiting",
    "100 connecting",
    "100 waiting",
    "300 connecting",
    "300 connected",
  ]);
  await service.stop();
});

test("a lost connection is made again, and one that lived long makes the next wait small", async () => {
  const { service, log, clients, clock } = begin([]);
  await clock.elapse(10);
  clients[0]!.lose();
  await clock.elapse(100);
  assert.equal(service.client, clients[1]);
  await clock.elapse(1_000);
  clients[1]!.lose();
  await clock.elapse(100);
  assert.equal(service.client, clients[2]);
  assert.deepEqual(
    log.filter((line) => line.endsWith("waiting")),
    ["10 waiting", "1110 waiting"],
  );
  assert.deepEqual(
    clients.map(({ isDisposed }) => isDisposed),
    [true, true, false],
  );
  await service.stop();
});

test("stopping lets the connection go and makes no more", async () => {
  const { service, clients, clock } = begin([]);
  await settled();
  await service.stop();
  assert.equal(clients[0]!.isDisposed, true);
  assert.equal(service.state.name, "stopped");
  assert.equal(service.client, undefined);
  await assert.rejects(service.whenConnected(), { code: "aborted" });
  assert.equal(clock.pending, 0);
});

test("stopping while it waits leaves no timer, and rejects those who wait", async () => {
  const controller = new AbortController();
  const { service, clock } = begin([false], { signal: controller.signal });
  const failure = assert.rejects(service.whenConnected(), { code: "aborted" });
  await settled();
  assert.equal(clock.pending, 1);
  controller.abort();
  await service.stop();
  await failure;
  assert.equal(clock.pending, 0);
});

test("a `connected` that throws makes the connection anew, and the state tells why", async () => {
  const bug = new Error("login refused");
  let calls = 0;
  const { service, clients, clock } = begin([], {
    connected: () => {
      if (++calls === 1) throw bug;
    },
  });
  await settled();
  assert.equal(service.state.name === "waiting" && service.state.error, bug);
  await clock.elapse(100);
  assert.equal(service.client, clients[1]);
  await service.stop();
});

test("a wait for the connection can be given up", async () => {
  const { service } = begin([false]);
  const reason = new Error("enough");
  await assert.rejects(service.whenConnected({ signal: AbortSignal.abort(reason) }), reason);
  await service.stop();
});

test("a client that cannot be let go in order is made again all the same", async () => {
  const { service, clients, clock } = begin([]);
  await settled();
  const broken = new ConnectionError("reset", "Cannot send QUIT: the connection is gone");
  clients[0]![Symbol.asyncDispose] = () => Promise.reject(broken);
  clients[0]!.lose();
  await settled();
  assert.equal(service.state.name, "waiting");
  await clock.elapse(100);
  assert.equal(service.client, clients[1]);
  await service.stop();
});

test("an endpoint is kept connected over TCP, although the client never ends its side", async () => {
  const listener = await listen(
    "tcp:0:interface=127.0.0.1",
    connection((peer) => void peer.write("hello\r\n")),
  );
  const { port } = listener.address as IpAddress;
  const twice = deferred<void>();
  const heard: string[] = [];
  const service = keepConnected(`tcp:127.0.0.1:${port}`, {
    backoff: { initialMs: 1 },
    connected: async (peer) => {
      if (heard.push(await peer.readLine()) === 2) twice.resolve();
    },
  });
  await twice.promise;
  assert.deepEqual(heard, ["hello", "hello"]);
  await service.stop();
  await listener.stop();
});
