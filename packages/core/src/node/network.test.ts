import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { link, mkdtemp, rm, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import type { IpAddress, UnixAddress } from "../address.ts";
import { RecordingReceiver } from "../testing/recording-receiver.ts";
import type { Transport } from "../transport.ts";
import { DescriptorBudget, type DescriptorPressure } from "./descriptors.ts";
import { systemdSockets } from "./inherited.ts";
import { nodeReactor } from "./reactor.ts";

const { network } = nodeReactor;

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "hawser-"));
});
after(() => rm(directory, { recursive: true }));

/** What a server says to whoever connects, all of it. */
async function read(address: IpAddress | UnixAddress): Promise<string> {
  const transport = await network.connect(address, {});
  const receiver = new RecordingReceiver();
  transport.start(receiver);
  await receiver.untilCalled("end");
  transport.end();
  await receiver.untilCalled("closed");
  return receiver.text;
}

function greet(transport: Transport): void {
  const receiver = new RecordingReceiver();
  receiver.end = () => transport.end();
  transport.start(receiver);
  transport.write("hello");
  transport.end();
}

/** Runs a module that uses this package in a process of its own. */
function run(source: string, stdio: unknown[] = [], before = ""): ChildProcess {
  const program = `const { nodeReactor } = await import(${JSON.stringify(new URL("reactor.js", import.meta.url).href)});${source}`;
  const command = `${before} exec "$0" --input-type=module -e "$1"`;
  return spawn("/bin/sh", ["-c", command, process.execPath, program], {
    stdio: ["pipe", "pipe", "inherit", ...(stdio as number[])],
  });
}

const serveThere = (address: string) => `
  const port = await nodeReactor.network.listen(${address}, {}, (transport) => {
    transport.start({ data() {}, end() { transport.end(); }, closed() {} });
    transport.write("hello from the child");
    transport.end();
  });
  console.log(JSON.stringify(port.address));
  process.stdin.on("end", () => process.exit(0)).resume();`;

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: child.stdout! }), "line");
  return line;
}

describe("listening on a UNIX socket", () => {
  it("says when the folder of a UNIX socket is not there", async () => {
    const address: UnixAddress = { family: "unix", path: "/none/there/x.sock" };
    await assert.rejects(
      nodeReactor.network.listen(address, {}, () => {}),
      {
        message: "Cannot listen on unix:/none/there/x.sock: no such directory",
      },
    );
  });

  it("has its path as the server's address, its mode, and goes away when closed", async () => {
    const address: UnixAddress = { family: "unix", path: join(directory, "mode") };
    const accepted = new Promise<Transport>((resolve) => {
      void network.listen(address, { mode: 0o600 }, resolve).then(async (port) => {
        assert.deepEqual(port.address, address);
        assert.equal((await stat(address.path)).mode & 0o777, 0o600);
        const client = await network.connect(address, {});
        assert.deepEqual([client.local, client.peer], [{ family: "unix", path: "" }, address]);
        await port.close();
        await assert.rejects(network.connect(address, {}), { code: "refused" });
        client.abort();
      });
    });
    const server = await accepted;
    assert.deepEqual([server.local, server.peer], [address, { family: "unix", path: "" }]);
    server.abort();
  });
});

describe("a UNIX socket whose mode cannot be set", () => {
  it("is not left open to those whom the mode was to keep out", async () => {
    const address: UnixAddress = { family: "unix", path: join(directory, "open") };
    await assert.rejects(network.listen(address, { mode: -1 }, greet), /Cannot listen on .*open/);
    await assert.rejects(network.connect(address, {}), { code: "refused" });
  });
});

describe("listening on every interface", () => {
  const everywhere = (port: number): IpAddress => ({ family: "ipv6", host: "::", port });

  it("takes IPv6 and IPv4", async () => {
    const port = await network.listen(everywhere(0), {}, greet);
    const { port: chosen, ...where } = port.address as IpAddress;
    assert.deepEqual(where, { family: "ipv6", host: "::" });
    assert.equal(await read({ family: "ipv4", host: "127.0.0.1", port: chosen }), "hello");
    await port.close();
  });

  it("does not make do with IPv4 where somebody else has the port of IPv6", async () => {
    const other = await network.listen(everywhere(0), { ipv6Only: true }, greet);
    const { port } = other.address as IpAddress;
    const refused = { code: "address-in-use" };
    await assert.rejects(network.listen(everywhere(port), {}, greet), refused);
    await assert.rejects(network.listen(everywhere(port), { ipv6Only: true }, greet), refused);
    await assert.rejects(network.connect({ family: "ipv4", host: "127.0.0.1", port }, {}), { code: "refused" });
    await other.close();
  });
});

describe("listening on an inherited socket", () => {
  async function inherited(listen: (server: Server) => void): Promise<void> {
    const ours = createServer();
    listen(ours);
    await once(ours, "listening");
    const { fd } = (ours as unknown as { _handle: { fd: number } })._handle; // what systemd would pass
    const child = run(serveThere('{ family: "descriptor", fd: 3 }'), [fd]);
    const address = JSON.parse(await firstLine(child));
    const asked = ours.address();
    assert.deepEqual(address.path ?? address.port, typeof asked === "string" ? asked : (asked?.port as unknown));
    if (address.family === "unix") await link(address.path, `${address.path}-kept`); // close removes the name
    ours.close(); // the child's copy stays open
    const kept = address.family === "unix" ? { ...address, path: `${address.path}-kept` } : address;
    assert.equal(await read(kept), "hello from the child");
    child.stdin!.end();
    await once(child, "exit");
  }

  it("serves TCP and knows its address", () => inherited((server) => server.listen(0, "127.0.0.1")));
  it("serves a UNIX socket and knows its address", () =>
    inherited((server) => server.listen(join(directory, "child"))));

  it("says so when the descriptor is no socket", () =>
    assert.rejects(network.listen({ family: "descriptor", fd: 999 }, {}, greet), /Cannot listen on descriptor 999/));
});

describe("systemdSockets", () => {
  const of = (environment: Record<string, string>) => systemdSockets(environment, 7);
  it("lists descriptors from 3 on with their names", () => {
    assert.deepEqual(of({ LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "web:mail" }), [
      { fd: 3, name: "web" },
      { fd: 4, name: "mail" },
    ]);
    assert.deepEqual(of({ LISTEN_PID: "7", LISTEN_FDS: "1" }), [{ fd: 3, name: "unknown" }]);
  });

  it("gives none to another process", () => {
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ LISTEN_PID: "8", LISTEN_FDS: "2" }), []);
    assert.deepEqual(of({ LISTEN_PID: "07", LISTEN_FDS: "2" }), []);
  });

  it("refuses what contradicts itself", () => {
    for (const count of ["", "-1", "1e3", "3 ", "99999", "9999"])
      assert.throws(() => of({ LISTEN_PID: "7", LISTEN_FDS: count }), /LISTEN_FDS is/);
    assert.throws(() => of({ LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "web" }), /2 sockets have 1 names/);
  });
});

describe("when descriptors run out", () => {
  it("connections beyond the budget are refused until others end, and both are told", () => {
    const told: string[] = [];
    subscribe("hawser:descriptors", (message) => {
      const { state, open, limit } = message as DescriptorPressure;
      told.push(`${state} ${open}/${limit}`);
    });
    const budget = new DescriptorBudget(20, () => undefined);
    assert.equal(budget.take(), false);
    const counted = new DescriptorBudget(20, () => 10);
    assert.deepEqual([counted.take(), counted.take(), counted.take()], [true, true, true]);
    budget.release();
    assert.deepEqual(told, ["exhausted 65/20"]);
  });

  it("200 clients of a process that may open 64 are all served in the end", { timeout: 20_000 }, async () => {
    const child = run(serveThere('{ family: "ipv4", host: "127.0.0.1", port: 0 }'), [], "ulimit -n 64;");
    const address: IpAddress = JSON.parse(await firstLine(child));
    let waiting = 200;
    const served: number[] = [];
    while (waiting > 0) {
      served.push(await servedAtOnce(address.port, waiting));
      waiting -= served.at(-1)!;
    }
    assert.ok(served[0]! > 0 && served[0]! < 64, `at once were served: ${served}`);
    assert.equal(child.exitCode, null);
    child.stdin!.end();
    await once(child, "exit");
  });
});

/** Opens connections and holds them until each was greeted or refused. @returns how many were greeted */
async function servedAtOnce(port: number, count: number): Promise<number> {
  const sockets = Array.from({ length: count }, () => connect({ port, host: "127.0.0.1", allowHalfOpen: true }));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.on("close", resolve)));
  const greeted = sockets.map((socket, index) => {
    socket.on("error", () => {});
    return Promise.race([once(socket, "data").then(Boolean, () => false), closed[index]!.then(() => false)]);
  });
  const served = (await Promise.all(greeted)).filter(Boolean).length;
  for (const socket of sockets) socket.end();
  await Promise.all(closed);
  return served;
}
