import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type IpAddress, ipAddress } from "../address.ts";
import type { DatagramReceiver, DatagramSocket } from "../datagram.ts";
import type { Reactor } from "../reactor.ts";

/** Runs `body` with a reactor whose datagrams are in order and not lost. */
export type WithDatagramReactor = (body: (reactor: Reactor) => Promise<void>) => Promise<void>;

/** What not every network can do. */
export interface DatagramTraits {
  /** Groups can be joined. Default true. */
  readonly multicast?: boolean | undefined;
}

const timeout = 5_000;
const group = "239.192.0.77"; // the organisation's own scope, RFC 2365 §6.2

/** What every {@link DatagramSocket} promises, as a suite of `node:test`. */
export function datagramContract(name: string, withReactor: WithDatagramReactor, traits: DatagramTraits = {}): void {
  const promise = (title: string, body: (reactor: Reactor) => Promise<void>) =>
    test(title, { timeout }, () => withReactor(body));

  describe(`${name} carries datagrams`, () => {
    promise("there and back, each whole and with its sender", thereAndBack);
    promise("empty and large ones too", sizes);
    promise("nothing arrives inside a send", notInsideSend);
    promise("a port that is taken is refused, unless it is shared", taken);
    promise("a closed socket hears nothing, says so once, and frees its port", closing);
    promise("a bind that is given up rejects with the signal's reason", givenUp);
    promise("what is sent to nobody is lost without an error", toNobody);
    if (traits.multicast ?? true) promise("a group is heard by those who joined it, until they leave", multicast);
  });
}

async function thereAndBack(reactor: Reactor): Promise<void> {
  await withSockets(reactor, async (one, other) => {
    one.socket.send(Buffer.from("ping"), other.socket.local);
    assert.deepEqual(await other.next(), { text: "ping", from: one.socket.local });
    other.socket.send(Buffer.from("pong"), one.socket.local);
    assert.deepEqual(await one.next(), { text: "pong", from: other.socket.local });
  });
}

async function sizes(reactor: Reactor): Promise<void> {
  await withSockets(reactor, async (one, other) => {
    for (const octets of [0, 1, 1_472, 9_000]) {
      one.socket.send(Buffer.alloc(octets, "x"), other.socket.local);
      assert.equal((await other.next()).text.length, octets);
    }
  });
}

async function notInsideSend(reactor: Reactor): Promise<void> {
  await withSockets(reactor, async (one, other) => {
    one.socket.send(Buffer.from("later"), other.socket.local);
    assert.equal(other.unread, 0);
    await other.next();
  });
}

async function taken(reactor: Reactor): Promise<void> {
  const first = await bindMailbox(reactor, 0);
  const again = first.socket.local;
  await assert.rejects(reactor.network.bind(again), { code: "address-in-use" });
  await first.close();
  const shared = await reactor.network.bind(again, { reuseAddress: true });
  const other = await reactor.network.bind(again, { reuseAddress: true });
  shared.close();
  other.close();
}

async function closing(reactor: Reactor): Promise<void> {
  const box = await bindMailbox(reactor, 0);
  const { local } = box.socket;
  await box.close();
  box.socket.close();
  box.socket.send(Buffer.from("too late"), local);
  const next = await bindMailbox(reactor, local.port);
  next.socket.send(Buffer.from("mine"), local);
  assert.equal((await next.next()).text, "mine");
  assert.equal(box.closedCalls, 1);
  assert.equal(box.unread, 0);
  await next.close();
}

async function givenUp(reactor: Reactor): Promise<void> {
  const signal = AbortSignal.abort();
  await assert.rejects(reactor.network.bind(ipAddress("127.0.0.1", 0), { signal }), { name: "AbortError" });
}

async function toNobody(reactor: Reactor): Promise<void> {
  await withSockets(reactor, async (one, other) => {
    const { local } = other.socket;
    await other.close();
    one.socket.send(Buffer.from("anybody?"), local);
    one.socket.send(Buffer.from("me"), one.socket.local);
    assert.equal((await one.next()).text, "me");
  });
}

async function multicast(reactor: Reactor): Promise<void> {
  const member = await bindMailbox(reactor, 0, "0.0.0.0");
  const sender = await bindMailbox(reactor, 0, "0.0.0.0");
  const { port } = member.socket.local;
  member.socket.joinGroup(group);
  sender.socket.send(Buffer.from("all of you"), ipAddress(group, port));
  assert.equal((await member.next()).text, "all of you");
  member.socket.leaveGroup(group);
  sender.socket.send(Buffer.from("not heard"), ipAddress(group, port));
  sender.socket.send(Buffer.from("you alone"), ipAddress("127.0.0.1", port));
  assert.equal((await member.next()).text, "you alone");
  await member.close();
  await sender.close();
}

async function withSockets(reactor: Reactor, body: (one: Mailbox, other: Mailbox) => Promise<void>): Promise<void> {
  const one = await bindMailbox(reactor, 0);
  const other = await bindMailbox(reactor, 0);
  await body(one, other);
  await one.close();
  await other.close();
}

async function bindMailbox(reactor: Reactor, port: number, host = "127.0.0.1"): Promise<Mailbox> {
  return new Mailbox(await reactor.network.bind(ipAddress(host, port)));
}

interface Letter {
  readonly text: string;
  readonly from: IpAddress;
}

/** A socket whose datagrams are read one by one. */
class Mailbox implements DatagramReceiver {
  readonly socket: DatagramSocket;
  readonly gone: Promise<void>;
  closedCalls = 0;
  readonly #letters: Letter[] = [];
  #waiting: ((letter: Letter) => void) | undefined;
  #onClosed: () => void = () => {};

  constructor(socket: DatagramSocket) {
    this.socket = socket;
    this.gone = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    socket.start(this);
  }

  get unread(): number {
    return this.#letters.length;
  }

  next(): Promise<Letter> {
    const letter = this.#letters.shift();
    if (letter !== undefined) return Promise.resolve(letter);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): Promise<void> {
    this.socket.close();
    return this.gone;
  }

  datagram(payload: Uint8Array, from: IpAddress): void {
    const letter = { text: Buffer.from(payload).toString("latin1"), from };
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#letters.push(letter);
    else waiting(letter);
  }

  closed(): void {
    this.closedCalls += 1;
    this.#onClosed();
  }
}
