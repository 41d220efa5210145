import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import type { ApplicationDescription } from "../application/description.ts";
import { FreePorts } from "./free-ports.ts";

const application = (listens: readonly string[]): ApplicationDescription => ({
  name: "x",
  services: [
    { command: "web", name: "web", options: { listen: listens, path: "." } },
    { command: "timer", name: "timer", options: {} },
  ],
});

test("where a port is taken the system chooses another, and goes on to do so when the application is read again", async () => {
  const reactor = memoryReactor();
  const other = await listen("tcp:7777:interface=127.0.0.1", { accept: () => undefined }, { reactor });
  const said: string[] = [];
  const ports = new FreePorts(reactor, (line) => said.push(line));
  const wanted = application(["tcp:7777:interface=127.0.0.1", "tcp:7778", "unix:/run/x"]);
  const changed = application(["tcp:127.0.0.1:0", "tcp:7778", "unix:/run/x"]);
  assert.deepEqual(await ports.applyTo(wanted), changed);
  assert.deepEqual(said, ["tcp:7777:interface=127.0.0.1 is in use: the system chooses another port"]);

  await other.stop();
  const own = await listen("tcp:7778", { accept: () => undefined }, { reactor });
  assert.deepEqual(await ports.applyTo(wanted), changed, "its own ports are not taken");
  await own.stop();
});

test("a port that is taken for datagrams is found too", async () => {
  const reactor = memoryReactor();
  const other = await listen(
    "udp:5300:interface=127.0.0.1",
    { bind: () => ({ datagram: () => {}, closed: () => {} }) },
    { reactor },
  );
  const ports = new FreePorts(reactor, () => {});
  const wanted = ["tcp:5300:interface=127.0.0.1", "udp:5300:interface=127.0.0.1"];
  assert.deepEqual(await ports.applyTo(application(wanted)), application([wanted[0]!, "udp:127.0.0.1:0"]));
  await other.stop();
});

test("an application whose ports are free stays as it is", async () => {
  const wanted = application(["tcp:7777"]);
  const ports = new FreePorts(memoryReactor(), assert.fail);
  assert.deepEqual(await ports.applyTo(wanted), wanted);
});

test("ports that other options listen on are looked at too, and those that one connects to are not", async () => {
  const reactor = memoryReactor();
  const other = await listen("tcp:2525", { accept: () => undefined }, { reactor });
  const mail = (smtp: string): ApplicationDescription => ({
    name: "x",
    services: [
      { command: "mail", name: "mail", options: { smtp: [smtp], relay: "tcp:relay.example:2525", path: "2525" } },
    ],
  });
  assert.deepEqual(await new FreePorts(reactor, () => {}).applyTo(mail("tcp:2525")), mail("tcp:0"));
  await other.stop();
});
