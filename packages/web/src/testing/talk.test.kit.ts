import assert from "node:assert/strict";
import type { Listener, Transport } from "@hawser/core";
import { type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { RecordingReceiver } from "@hawser/core/testing";
import type { HttpRoot } from "../http/resource.ts";
import { type HttpServerOptions, httpServer } from "../server/server.ts";
import { faultsDuring } from "./faults.test.kit.ts";

/** How {@link talkTo} serves, and in what world. */
export interface TalkOptions extends SimulationOptions {
  readonly server?: HttpServerOptions | undefined;
  /** What the server is to report, in order, as {@link faultsDuring} tells it. Default: nothing. */
  readonly faults?: readonly string[] | undefined;
}

/** A client's end of a connection to a server in a simulated world: it says lines, and compares what it hears. */
export class Talk {
  readonly world: World;
  readonly listener: Listener;
  readonly transport: Transport;
  readonly side: RecordingReceiver = new RecordingReceiver();
  #heard = 0;

  constructor(world: World, listener: Listener, transport: Transport) {
    this.world = world;
    this.listener = listener;
    this.transport = transport;
    transport.start(this.side);
  }

  /** Sends lines in one write, each ended by CR LF. */
  say(...lines: readonly string[]): void {
    this.sayRaw(lines.map((line) => `${line}\r\n`).join(""));
  }

  sayRaw(octets: string): void {
    this.transport.writeLatin1(octets);
  }

  /** Lets virtual time pass. */
  after(ms: number): Promise<void> {
    return this.world.clock.sleep(ms);
  }

  /** What has come since the last time, given a moment to arrive; without the Date fields. */
  async heard(): Promise<string> {
    await this.after(20);
    const text = this.side.text.slice(this.#heard);
    this.#heard = this.side.text.length;
    return text.replace(/Date: [^\r]*\r\n/g, "");
  }

  /** This has come, and no more: lines ended by CR LF but for the last, as a body stands at the end of an answer. */
  async hears(...lines: readonly string[]): Promise<void> {
    assert.equal(await this.heard(), lines.join("\r\n"));
  }

  /** The server sends no more. */
  get ended(): boolean {
    return this.side.calls.includes("end") || this.closed;
  }

  /** The connection is gone. */
  get closed(): boolean {
    return this.side.calls.includes("closed");
  }

  /** The server's end. */
  get serverSide(): Transport {
    return this.listener.connections[0]!;
  }
}

/** Serves `root` in a world of its own, and lets `conversation` talk to it over one connection. */
export async function talkTo(
  root: HttpRoot,
  conversation: (talk: Talk) => Promise<void>,
  options: TalkOptions = {},
): Promise<void> {
  const talkIn = async (world: World) => {
    const listener = await world.listen("tcp:80", httpServer(root, options.server), { reactor: world.host("server") });
    const transport = await world.connect("tcp:server:80", undefined, { reactor: world.host("client") });
    await conversation(new Talk(world, listener, transport));
    transport.abort();
  };
  const faults = await faultsDuring(() => simulate({ ...options, faultsFail: false }, talkIn));
  assert.deepEqual(faults, options.faults ?? [], "what the server reported");
}
