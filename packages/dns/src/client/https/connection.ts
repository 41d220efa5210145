import { ConnectionError, type Driver, drive, type Timer, type Transport } from "@hawser/core";
import {
  type Http1ClientAction,
  type Http1ClientEvent,
  Http1ClientMachine,
  type Http1RequestAction,
  type Http1ResponseHead,
} from "@hawser/web/http1";
import { dnsMessageOctetsMax } from "../../limits.ts";

/** The media type of messages (RFC 8484 §6). */
export const dnsMediaType = "application/dns-message";

interface Waiting {
  readonly resolve: (message: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection over HTTP/1.1, with one question under way at a time. */
export class HttpsConnection {
  readonly #transport: Transport;
  readonly #driver: Driver<Http1ClientEvent, Http1ClientAction>;
  readonly #machine: Http1ClientMachine;
  readonly #idleTimeoutMs: number;
  #waiting: Waiting | undefined;
  #head: Http1ResponseHead | undefined;
  #body: Uint8Array[] = [];
  #bodyOctets = 0;
  #answers = 0;
  #idle: Timer | undefined;
  #isOver = false;

  constructor(transport: Transport, idleTimeoutMs: number) {
    this.#transport = transport;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#machine = new Http1ClientMachine({ now: () => transport.reactor.clock.now() });
    this.#driver = drive(this.#machine, transport, {
      event: (event) => this.#event(event),
      failed: (error) => this.#fail(new ConnectionError("failed", error.message, { cause: error })),
      closed: (error) =>
        this.#fail(error ?? new ConnectionError("reset", "The server closed the connection before it had answered")),
    });
    transport.start(this.#driver);
  }

  get isUsable(): boolean {
    return !this.#isOver && this.#machine.reusable;
  }

  /** Whether it has answered before: then its end says nothing about the next. */
  get hasAnswered(): boolean {
    return this.#answers > 0;
  }

  /** @throws {ConnectionError} when the connection is lost, or what comes is no DNS message; `signal.reason` */
  ask(request: Http1RequestAction, signal: AbortSignal): Promise<Uint8Array> {
    this.#idle?.cancel();
    return new Promise<Uint8Array>((resolve, reject) => {
      const giveUp = (): void => this.abort(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      const done = (): void => {
        this.#waiting = undefined;
        signal.removeEventListener("abort", giveUp);
      };
      this.#waiting = {
        resolve: (message) => {
          done();
          resolve(message);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      this.#driver.send(request);
    });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.cancel();
    this.#transport.end();
    this.#idle = this.#transport.reactor.clock.after(closeGraceMs, () => this.#transport.abort());
  }

  abort(reason: Error): void {
    this.#fail(reason);
    this.#transport.abort(reason);
  }

  #event(event: Http1ClientEvent): void {
    switch (event.type) {
      case "response":
        this.#head = event.head;
        if (event.head.bodyKind === "none") this.#answered();
        break;
      case "body":
        this.#bodyOctets += event.chunk.length;
        if (this.#bodyOctets > dnsMessageOctetsMax) return this.abort(notDns("it is longer than a message can be"));
        this.#body.push(event.chunk);
        break;
      case "response-end":
        this.#answered();
        break;
      case "end":
        this.close();
        break;
      case "informational":
      case "upgraded":
        break;
      default:
        event satisfies never;
    }
  }

  #answered(): void {
    const { status, headers, keepAliveTimeoutMs } = this.#head!;
    const message = Buffer.concat(this.#body);
    this.#body = [];
    this.#bodyOctets = 0;
    this.#answers++;
    if (this.#machine.closing !== undefined) this.close();
    else this.#rest(keepAliveTimeoutMs);
    const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (status < 200 || status > 299) this.#waiting?.reject(notDns(`its status is ${status}`));
    else if (type !== dnsMediaType) this.#waiting?.reject(notDns("it is of another media type"));
    else this.#waiting?.resolve(message);
  }

  /** We close it before the server does. */
  #rest(keepAliveTimeoutMs: number | undefined): void {
    const told = keepAliveTimeoutMs === undefined ? this.#idleTimeoutMs : Math.max(0, keepAliveTimeoutMs - 1_000);
    this.#idle = this.#transport.reactor.clock.after(Math.min(this.#idleTimeoutMs, told), () => this.close());
  }

  #fail(error: unknown): void {
    this.#isOver = true;
    this.#idle?.cancel();
    this.#waiting?.reject(error);
  }
}

/** What a server may take to close its side, before the connection is aborted. */
const closeGraceMs = 1_000;

function notDns(reason: string): ConnectionError {
  return new ConnectionError("failed", `The answer over HTTPS is no DNS message: ${reason}`);
}
