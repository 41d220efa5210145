import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo, type DatagramReceiver, type Factory, ipAddress, listen } from "@hawser/core";
import { plainKeyPair, type SimulatedHost, simulate } from "@hawser/core/simulation";
import type { ServiceDefinition } from "./definition.ts";
import { startServices } from "./group.ts";
import { answering, ask, askOn, naming, type Script, scripted } from "./services.test.kit.ts";

/** The same service with another word: a configuration that has changed. */
function saying(word: string, endpoint = "tcp:7"): ServiceDefinition {
  return { ...naming(word, endpoint), name: "web", version: word };
}

test("without definitions every service reads its files again", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    await using group = await startServices([scripted("a", { events }), scripted("b", { events })], { reactor });
    events.length = 0;
    await group.reload();
    assert.deepEqual(events, ["reload a", "reload b"]);
  }));

test("a changed service gets the socket of its predecessor, whose connections finish with it", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const client = world.host("client");
    await using group = await startServices([saying("old")], { reactor });
    await using before = await connectTo("tcp:home:7", { reactor: client });
    assert.equal(await askOn(before), "old who");
    await group.reload([saying("new")]);
    assert.equal(await ask(client, "tcp:home:7"), "new who");
    assert.equal(await askOn(before), "old who");
    assert.deepEqual(
      group.services.map(({ name, state }) => `${name} ${state}`),
      ["web stopping", "web running"],
    );
    before.end();
    await reactor.clock.sleep(100);
    assert.deepEqual(
      group.services.map(({ name, state }) => `${name} ${state}`),
      ["web running"],
    );
    assert.equal(group.services[0]?.listeners[0]?.accepted, 2);
  }));

test("what is unchanged goes on, what is removed is stopped, what is new is started", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const events: string[] = [];
    const [a, b, c] = [scripted("a", { events }), naming("b", "tcp:7", events), scripted("c", { events })] as const;
    await using group = await startServices([a, b], { reactor });
    events.length = 0;
    await group.reload([c, a]);
    assert.deepEqual(events, ["start c", "reload a", "stop b", "serve c"]);
    assert.deepEqual(
      group.services.map(({ name }) => name),
      ["b", "c", "a"],
    );
    await reactor.clock.sleep(100);
    await assert.rejects(ask(world.host("client"), "tcp:home:7"), /refused/);
  }));

test("work of a successor begins when the work of its predecessor has ended", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const slow = scripted("queue", {
      events,
      stop: () => reactor.clock.sleep(3_000).then(() => void events.push("gone")),
    });
    await using group = await startServices([slow], { reactor });
    await group.reload([{ ...scripted("queue", { events }), version: "2" }]);
    await reactor.clock.sleep(5_000);
    assert.deepEqual(events, ["start queue", "serve queue", "start queue", "stop queue", "gone", "serve queue"]);
  }));

test("a reload that fails leaves everything as it was, whichever service it fails at", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const client = world.host("client");
    const broken: Script = { start: () => Promise.reject(new Error("no such directory")) };
    await using group = await startServices([saying("old"), scripted("a")], { reactor });
    await assert.rejects(
      group.reload([saying("new"), scripted("b", broken)]),
      /^ServiceError: Cannot reload "b": no such directory$/,
    );
    assert.equal(await ask(client, "tcp:home:7"), "old who");
    assert.deepEqual(
      group.services.map(({ name, state }) => `${name} ${state}`),
      ["web running", "a running"],
    );
    await group.reload([saying("newer")]);
    assert.equal(await ask(client, "tcp:home:7"), "newer who");
  }));

test("a service that cannot read its files again fails the reload", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const reload = () => Promise.reject(new Error("the file is empty"));
    const a = scripted("a", { reload });
    await using group = await startServices([a, saying("old")], { reactor });
    await assert.rejects(group.reload(), /Cannot reload "a": the file is empty/);
    await assert.rejects(group.reload([a, saying("new")]), /Cannot reload "a": the file is empty/);
    assert.equal(await ask(reactor, "tcp:home:7"), "old who");
  }));

test("a port that the system chose stays with the service of the same name", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    await using group = await startServices([saying("old", "tcp:0")], { reactor });
    const port = portOf(group.services[0]!);
    await group.reload([saying("new", "tcp:0")]);
    assert.equal(await ask(world.host("client"), `tcp:home:${port}`), "new who");
  }));

test("a running service keeps others from its address, also while it is reloaded", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const web = saying("web");
    await using group = await startServices([web], { reactor });
    await assert.rejects(group.reload([web, naming("other", "tcp:7")]), /Cannot reload "other": .*in use/);
    await group.reload([naming("other", "tcp:7")]); // it may have what another gives up
    assert.equal(await ask(reactor, "tcp:home:7"), "other who");
  }));

test("another certificate on the same port takes effect, and no connection is lost", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const client = world.host("client");
    const options = { reactor: client, tls: { verify: false } };
    await using group = await startServices([certificateFor("old.example")], { reactor });
    await using before = await connectTo("tls:home:443", options);
    assert.equal(await askOn(before), "old.example who");
    await group.reload([certificateFor("new.example")]);
    await using after = await connectTo("tls:home:443", options);
    assert.equal(await askOn(after), "new.example who");
    assert.match(Buffer.from(after.transport.security!.peerCertificate!).toString("latin1"), /new\.example/);
    assert.equal(await askOn(before, "still there"), "old.example still there");
  }));

test("a datagram socket stays open too, and nothing that arrives is lost", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const [old, fresh]: string[][] = [[], []];
    await using group = await startServices([hearing(old!, "old")], { reactor });
    const stop = keepSending(world.host("client"), reactor as SimulatedHost);
    await reactor.clock.sleep(1_000);
    await group.reload([hearing(fresh!, "new")]);
    await reactor.clock.sleep(1_000);
    const sent = await stop();
    assert.ok(old!.length > 50 && fresh!.length > 50);
    assert.deepEqual(
      [...old!, ...fresh!],
      Array.from({ length: sent }, (_, n) => String(n)),
    );
  }));

test("reloads wait for one another, and a stop for them", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const slow = (word: string): ServiceDefinition => {
      const definition = saying(word);
      const start: ServiceDefinition["start"] = async (context) => {
        await reactor.clock.sleep(1_000);
        return definition.start(context);
      };
      return { ...definition, start };
    };
    const group = await startServices([slow("1")], { reactor });
    const reloads = ["2", "3", "4"].map((word) => group.reload([slow(word)]));
    await Promise.all(reloads);
    assert.equal(reactor.clock.now(), 4_000);
    const last = group.reload([slow("5")]);
    last.catch(() => {});
    await reactor.clock.sleep(500);
    await group.stop();
    await assert.rejects(last, /Cannot reload "web"/);
    await assert.rejects(group.reload([slow("6")]), /Cannot reload: the services are being stopped/);
  }));

function portOf(service: {
  readonly listeners: readonly { readonly listener: { readonly address: unknown } }[];
}): number {
  return (service.listeners[0]!.listener.address as { readonly port: number }).port;
}

/** Answers over TLS with a certificate for this name, and with the name. */
function certificateFor(name: string): ServiceDefinition {
  return {
    name: "web",
    version: name,
    async start({ reactor }) {
      const keyPair = () => plainKeyPair(name);
      const listener = await listen("tls:443", answering(name), { reactor, keyPair });
      return { stop: (how) => listener.stop(how) };
    },
  };
}

/** Keeps what it hears. */
function hearing(heard: string[], version: string): ServiceDefinition {
  const receiver: DatagramReceiver = {
    datagram: (payload) => void heard.push(Buffer.from(payload).toString()),
    closed() {},
  };
  const factory: Factory = { bind: () => receiver };
  return {
    name: "log",
    version,
    async start(context) {
      const listener = await context.listen("udp:514", factory);
      return { stop: (how) => listener.stop(how) };
    },
  };
}

/** Sends a number every 10 ms until told to stop. @returns stops, and tells how many it sent */
function keepSending(from: SimulatedHost, to: SimulatedHost): () => Promise<number> {
  let sent = 0;
  let isOver = false;
  const sending = (async () => {
    const socket = await from.network.bind(ipAddress("0.0.0.0", 0));
    while (!isOver) {
      socket.send(Buffer.from(String(sent++)), ipAddress(to.address, 514));
      await from.clock.sleep(10);
    }
    await from.clock.sleep(100);
    socket.close();
  })();
  return async () => {
    isOver = true;
    await sending;
    return sent;
  };
}
