import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IpAddress } from "../address.ts";
import type { DatagramReceiver, DatagramSocket } from "../datagram.ts";
import type { ConnectionError } from "../errors.ts";
import { nodeReactor } from "./reactor.ts";

const loopback: IpAddress = { family: "ipv4", host: "127.0.0.1", port: 0 };
const loopback6: IpAddress = { family: "ipv6", host: "::1", port: 0 };

class Mailbox implements DatagramReceiver {
  readonly failures: ConnectionError[] = [];
  #arrived: ((text: [string, IpAddress]) => void) | undefined;
  #closed: (() => void) | undefined;
  readonly next = (): Promise<[string, IpAddress]> => new Promise((resolve) => (this.#arrived = resolve));
  readonly closing: Promise<void> = new Promise((resolve) => (this.#closed = resolve));

  datagram(payload: Uint8Array, from: IpAddress): void {
    this.#arrived?.([Buffer.from(payload).toString(), from]);
  }

  failed(error: ConnectionError): void {
    this.failures.push(error);
  }

  closed(): void {
    this.#closed?.();
  }
}

async function bound(address: IpAddress): Promise<{ socket: DatagramSocket; box: Mailbox }> {
  const socket = await nodeReactor.network.bind(address);
  const box = new Mailbox();
  socket.start(box);
  return { socket, box };
}

describe("a datagram socket", () => {
  for (const address of [loopback, loopback6])
    it(`carries datagrams with their sender (${address.host})`, async () => {
      const [a, b] = [await bound(address), await bound(address)];
      const arrival = b.box.next();
      a.socket.send(Buffer.from("ping"), b.socket.local);
      assert.deepEqual(await arrival, ["ping", a.socket.local]);
      const answer = a.box.next();
      b.socket.send(Buffer.from(""), a.socket.local);
      assert.deepEqual(await answer, ["", b.socket.local]);
      for (const { socket } of [a, b]) socket.close();
      await Promise.all([a.box.closing, b.box.closing]);
    });

  it("on every interface knows IPv4 peers by their own address, and sends to it (RFC 4291 §2.5.5.2)", async () => {
    const [everywhere, peer] = [await bound({ family: "ipv6", host: "::", port: 0 }), await bound(loopback)];
    const { port } = everywhere.socket.local;
    const arrival = everywhere.box.next();
    peer.socket.send(Buffer.from("ping"), { ...loopback, port });
    assert.deepEqual(await arrival, ["ping", peer.socket.local]);
    const answer = peer.box.next();
    everywhere.socket.send(Buffer.from("pong"), peer.socket.local);
    assert.deepEqual(await answer, ["pong", { ...loopback, port }]);
    for (const { socket } of [everywhere, peer]) socket.close();
  });

  it("refuses a port that is taken", async () => {
    const { socket } = await bound(loopback);
    await assert.rejects(nodeReactor.network.bind(socket.local), {
      code: "address-in-use",
      message: `Cannot bind UDP 127.0.0.1:${socket.local.port}: address already in use`,
    });
    socket.close();
  });

  it("tells of a datagram that could not be sent, and lives on", async () => {
    const a = await bound(loopback);
    const b = await bound(loopback);
    const failed = new Promise<ConnectionError>((resolve) => {
      a.box.failed = resolve;
    });
    a.socket.send(Buffer.alloc(70_000), b.socket.local); // longer than a datagram can be
    assert.match((await failed).message, /EMSGSIZE/);
    const arrival = b.box.next();
    a.socket.send(Buffer.from("still here"), b.socket.local);
    assert.equal((await arrival)[0], "still here");
    a.socket.close();
    b.socket.close();
    a.socket.send(Buffer.from("too late"), b.socket.local);
  });

  it("sends all of many in their order, and what was sent before it is closed", async () => {
    const [a, b] = [await bound(loopback), await bound(loopback)];
    const texts = Array.from({ length: 100 }, (_, at) => `number ${at}`);
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      b.box.datagram = (payload) => {
        heard.push(Buffer.from(payload).toString());
        if (heard.length === texts.length + 1) resolve();
      };
    });
    for (const text of texts) a.socket.send(Buffer.from(text), b.socket.local);
    a.socket.send(Buffer.from("to nowhere"), { ...loopback, port: 0 }); // nobody's error
    a.socket.send(Buffer.from("the last"), b.socket.local);
    a.socket.close();
    await all;
    assert.deepEqual(heard, [...texts, "the last"]);
    b.socket.close();
  });

  it("joins a multicast group (RFC 1112) and hears itself", async () => {
    const { socket, box } = await bound({ family: "ipv4", host: "0.0.0.0", port: 0 });
    socket.setMulticast({ ttl: 0, loopback: true, interface: "127.0.0.1" });
    socket.joinGroup("239.255.7.7", { interface: "127.0.0.1" });
    const arrival = box.next();
    socket.send(Buffer.from("hello, group"), { family: "ipv4", host: "239.255.7.7", port: socket.local.port });
    assert.equal((await arrival)[0], "hello, group");
    socket.leaveGroup("239.255.7.7", { interface: "127.0.0.1" });
    assert.throws(() => socket.joinGroup("192.0.2.1"), { name: "ConnectionError" });
    socket.close();
  });
});
