import assert from "node:assert/strict";

import { StateError } from "@hawser/core";

import {
  Http1ProtocolError,
  type Http1ServerAction,
  type Http1ServerEvent,
  Http1ServerMachine,
  type Http1ServerOptions,
} from "../index.ts";

/** Writes octets as RFCs print them: one line a line, each ending in CR LF, without the indentation of the source. */
export function wire(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const lines = String.raw({ raw: strings.raw }, ...values).split("\n");
  if (lines[0]!.trim() === "") lines.shift();
  const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  if (lines.at(-1)!.trim() === "") lines.pop();
  return lines.map((line) => `${line.slice(indent)}\r\n`).join("");
}

export function octets(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The seed of this run: `HAWSER_SEED` replays another. */
export const seed: number = Number(process.env["HAWSER_SEED"] ?? 20_261_123);
/** How many times as many random cases `HAWSER_SOAK=1` runs. */
export const soak: number = process.env["HAWSER_SOAK"] === "1" ? 100 : 1;

/** Cuts octets at places that a seed chooses. */
export function cutAtRandom(whole: Uint8Array, random: () => number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const length = random() < 0.5 ? 1 + Math.floor(random() * 3) : 1 + Math.floor(random() * whole.length);
    chunks.push(whole.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** Runs `body` with the octets whole, one by one, and cut at random: the answer must not depend on it. */
export function inEveryCut(text: string, body: (chunks: Uint8Array[], how: string) => void): void {
  const whole = octets(text);
  body([whole], "whole");
  body(
    [...whole].map((octet) => Uint8Array.of(octet)),
    "byte by byte",
  );
  for (let n = 0; n < 10 * soak; n++)
    body(cutAtRandom(whole, seeded(seed + n)), `cut at random, HAWSER_SEED=${seed + n}`);
}

/** What a server made of a conversation. */
export interface Heard {
  /** One line an event, pieces of a body joined: `POST /path`, `body hello`, `request-end`, `end`, `fault bad-host 400`. */
  readonly events: string[];
  readonly output: string;
  readonly machine: Http1ServerMachine;
}

export type Application = (event: Http1ServerEvent, machine: Http1ServerMachine) => readonly Http1ServerAction[];

/** Answers each request with an empty 204 as soon as it is complete. */
export const nothing: Application = (event) =>
  event.type === "request-end" || (event.type === "request" && event.head.bodyKind === "none")
    ? [{ type: "response", status: 204 }]
    : [];

export interface HearOptions extends Partial<Http1ServerOptions> {
  /** Whether the client closes its side at last. Default: yes. */
  readonly end?: boolean | undefined;
}

/** Lets a server with an application hear what a client sends. */
export function hear(chunks: readonly Uint8Array[], app: Application = nothing, options: HearOptions = {}): Heard {
  const machine = new Http1ServerMachine({ now: () => 0, ...options });
  const heard: Heard & { output: string } = { events: [], output: "", machine };
  for (const chunk of chunks) {
    machine.receive(chunk);
    pull(heard, app);
  }
  if (options.end ?? true) machine.end();
  pull(heard, app);
  return heard;
}

function pull(heard: Heard & { output: string }, app: Application): void {
  const { events, machine } = heard;
  try {
    for (let event = machine.next(); event !== undefined; event = machine.next()) {
      note(events, event);
      for (const action of app(event, machine)) machine.send(action);
    }
  } catch (error) {
    if (!(error instanceof Http1ProtocolError)) throw error;
    events.push(`fault ${error.code} ${error.status}`);
    machine.refuse(error);
  }
  heard.output += takeAll(machine);
}

function note(events: string[], event: Http1ServerEvent): void {
  if (event.type === "request") events.push(`${event.head.method} ${event.head.rawTarget}`);
  else if (event.type === "end") events.push("end");
  else if (event.type === "request-end") {
    events.push(["request-end", ...[...(event.trailers ?? [])].map(([name, value]) => `${name}=${value}`)].join(" "));
  } else {
    const text = Buffer.from(event.chunk).toString("latin1");
    if (events.at(-1)?.startsWith("body ")) events.push(`${events.pop()}${text}`);
    else events.push(`body ${text}`);
  }
}

/** Everything that waits to be written, as text. */
export function takeAll(machine: { takeOutput(): Uint8Array | string | undefined }): string {
  let text = "";
  for (let item = machine.takeOutput(); item !== undefined; item = machine.takeOutput()) {
    text += typeof item === "string" ? item : Buffer.from(item).toString("latin1");
  }
  return text;
}

export function assertStateError(run: () => void, message: RegExp): void {
  assert.throws(run, (error) => error instanceof StateError && message.test(error.message));
}
