import { type Instant, type Machine, StateError } from "@hawser/core";
import { FastCgiProtocolError } from "./errors.ts";
import {
  decodeFastCgiEnd,
  encodeFastCgiBegin,
  encodeFastCgiPairs,
  encodeFastCgiRecord,
  encodeFastCgiStream,
  FastCgiProtocolStatus,
  type FastCgiRecord,
  FastCgiRecordReader,
  FastCgiType,
} from "./wire.ts";

/** What an application sends. */
export type FastCgiClientEvent =
  | { readonly type: "stdout"; readonly chunk: Uint8Array }
  | { readonly type: "stderr"; readonly chunk: Uint8Array }
  /** The answer is complete. The connection may be used again if it was asked to be kept. */
  | { readonly type: "end"; readonly appStatus: number };

/** What we ask of it. */
export type FastCgiClientAction =
  | {
      readonly type: "begin";
      readonly variables: Readonly<Record<string, string>>;
      readonly keepsConnection: boolean;
    }
  | { readonly type: "stdin"; readonly chunk: Uint8Array }
  | { readonly type: "stdin-end" }
  | { readonly type: "abort" };

/** Requests follow one another: no application in use today takes several at once on one connection. */
const requestId = 1;

/**
 * The client's side of FastCGI 1.0 without a network, one request after another.
 *
 * States of a request: `idle` → begin → `sending` (stdin) → stdin-end → `waiting` → END_REQUEST → `idle`. An application
 * may answer and end before it has all of stdin.
 */
export class FastCgiClientMachine implements Machine<FastCgiClientEvent, FastCgiClientAction> {
  readonly deadline: Instant | undefined = undefined;
  readonly #reader = new FastCgiRecordReader();
  #output: Uint8Array[] = [];
  #isRunning = false;
  #isSending = false;

  /** Nothing is under way in either direction: another request may begin. */
  get isIdle(): boolean {
    return !this.#isRunning && !this.#isSending;
  }

  receive(chunk: Uint8Array): void {
    this.#reader.receive(chunk);
  }

  end(): void {
    this.#reader.end();
  }

  /** @throws {FastCgiProtocolError} */
  next(): FastCgiClientEvent | undefined {
    for (let record = this.#reader.nextRecord(); record !== undefined; record = this.#reader.nextRecord()) {
      const event = this.#eventOf(record);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  send(action: FastCgiClientAction): void {
    switch (action.type) {
      case "begin":
        return this.#begin(action.variables, action.keepsConnection);
      case "stdin":
        this.#requireSending();
        if (action.chunk.length > 0) this.#put(encodeFastCgiStream(FastCgiType.stdin, requestId, action.chunk));
        return;
      case "stdin-end":
        this.#requireSending();
        this.#isSending = false;
        return this.#put(record(FastCgiType.stdin, nothing));
      case "abort":
        this.#isSending = false;
        if (this.#isRunning) this.#put(record(FastCgiType.abortRequest, nothing));
        return;
      default:
        action satisfies never;
    }
  }

  takeOutput(): Uint8Array | undefined {
    if (this.#output.length === 0) return undefined;
    const output = this.#output.length === 1 ? this.#output[0]! : Buffer.concat(this.#output);
    this.#output = [];
    return output;
  }

  expire(): void {}

  #begin(variables: Readonly<Record<string, string>>, keepsConnection: boolean): void {
    if (!this.isIdle) throw new StateError("Cannot begin a request: one is under way");
    this.#isRunning = true;
    this.#isSending = true;
    this.#put(record(FastCgiType.beginRequest, encodeFastCgiBegin(keepsConnection)));
    this.#put(encodeFastCgiStream(FastCgiType.params, requestId, encodeFastCgiPairs(variables)));
    this.#put(record(FastCgiType.params, nothing));
  }

  #requireSending(): void {
    if (!this.#isSending) throw new StateError("Cannot send a body: no request takes one now");
  }

  /** Records about the connection are answers to what we never ask; they, and ends of streams, say nothing. */
  #eventOf({ type, requestId: id, content }: FastCgiRecord): FastCgiClientEvent | undefined {
    if (id === 0) return undefined;
    if (id !== requestId || !this.#isRunning) {
      throw new FastCgiProtocolError("unexpected-record", `Cannot use a record of type ${type}: no such request`);
    }
    switch (type) {
      case FastCgiType.stdout:
        return content.length === 0 ? undefined : { type: "stdout", chunk: content };
      case FastCgiType.stderr:
        return content.length === 0 ? undefined : { type: "stderr", chunk: content };
      case FastCgiType.endRequest:
        return this.#end(content);
      default:
        throw new FastCgiProtocolError("unexpected-record", `Cannot use a record of type ${type}: a client gets none`);
    }
  }

  #end(content: Uint8Array): FastCgiClientEvent {
    const { appStatus, protocolStatus } = decodeFastCgiEnd(content);
    this.#isRunning = false;
    if (protocolStatus === FastCgiProtocolStatus.requestComplete) return { type: "end", appStatus };
    const isOverloaded = protocolStatus === FastCgiProtocolStatus.overloaded;
    const what = isOverloaded ? "it is overloaded" : `protocol status ${protocolStatus}`;
    throw new FastCgiProtocolError(
      isOverloaded ? "overloaded" : "refused",
      `The application did not take the request: ${what}`,
    );
  }

  #put(octets: Uint8Array): void {
    this.#output.push(octets);
  }
}

function record(type: number, content: Uint8Array): Uint8Array {
  return encodeFastCgiRecord({ type, requestId, content });
}

const nothing = new Uint8Array(0);
