import type { Address } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { Output } from "../machine.ts";
import { nextTick } from "../process-calls.ts";
import type { Security } from "../security.ts";
import type { Link, LinkOwner } from "../transports/link.ts";

/** A link that claims to be protected: the link below, after a handshake, and first what had come after it. */
export class PlainLink implements Link, LinkOwner {
  readonly security: Security;
  readonly #link: Link;
  #owner: LinkOwner | undefined;
  #rest: Uint8Array;
  #paused = false;

  constructor(link: Link, security: Security, rest: Uint8Array) {
    this.#link = link;
    this.security = security;
    this.#rest = rest;
  }

  get local(): Address {
    return this.#link.local;
  }

  get peer(): Address {
    return this.#link.peer;
  }

  get pendingOctets(): number {
    return this.#link.pendingOctets;
  }

  start(owner: LinkOwner): void {
    this.#owner = owner;
    this.#link.start(this);
    if (!this.#paused) this.resume();
  }

  send(chunk: Output): void {
    this.#link.send(chunk);
  }

  cork(): void {
    this.#link.cork();
  }

  uncork(): void {
    this.#link.uncork();
  }

  notifyDrained(): void {
    this.#link.notifyDrained();
  }

  end(): void {
    this.#link.end();
  }

  abort(): void {
    this.#link.abort();
  }

  pause(): void {
    this.#paused = true;
    this.#link.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#rest.length > 0) nextTick(() => this.#deliverRest());
    this.#link.resume();
  }

  async secure(): Promise<Link> {
    throw new ConnectionError("unsupported", "Cannot protect a protected link");
  }

  // What the link below calls.

  received(chunk: Uint8Array): void {
    if (this.#rest.length === 0) return this.#owner!.received(chunk);
    this.#rest = Buffer.concat([this.#rest, chunk]);
    this.#deliverRest();
  }

  receivedEnd(): void {
    this.#deliverRest();
    this.#owner!.receivedEnd();
  }

  drained(): void {
    this.#owner!.drained();
  }

  lost(error?: ConnectionError): void {
    this.#owner!.lost(error);
  }

  #deliverRest(): void {
    if (this.#rest.length === 0 || this.#paused || this.#owner === undefined) return;
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    this.#owner.received(rest);
  }
}
