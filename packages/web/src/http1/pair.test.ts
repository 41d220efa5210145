import assert from "node:assert/strict";
import { test } from "node:test";

import type { Output } from "@hawser/core";
import fc from "fast-check";

import {
  type Http1ClientAction,
  type Http1ClientEvent,
  Http1ClientMachine,
  type Http1RequestHead,
  type Http1ServerAction,
  Http1ServerMachine,
} from "./index.ts";
import { cutAtRandom, octets, seed, seeded, soak } from "./testing/conversation.test.ts";

/** A body, as it is handed to a machine: whole, or in pieces with or without a length, and then perhaps with trailers. */
interface Body {
  readonly pieces: readonly string[];
  readonly how: "whole" | "octets" | "length" | "unknown";
  readonly trailers: readonly [string, string][];
}

/** One request and its response. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly fields: readonly [string, string][];
  readonly body: Body | undefined;
  readonly status: number;
  readonly answerFields: readonly [string, string][];
  readonly answer: Body;
  readonly informational: boolean;
}

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const pieces = fc.array(
  fc.oneof(
    latin1,
    fc.integer({ min: 0, max: 3000 }).map((length) => "x".repeat(length)),
  ),
  { maxLength: 4 },
);
const value = fc.stringMatching(/^([!-~]([ -~]{0,8}[!-~])?)?$/);
const fields = fc.array(fc.tuple(fc.constantFrom("x-a", "x-b", "accept", "cookie"), value), { maxLength: 5 });
const body: fc.Arbitrary<Body> = fc.record({
  pieces,
  how: fc.constantFrom("whole" as const, "octets" as const, "length" as const, "unknown" as const),
  trailers: fc.array(fc.tuple(fc.constantFrom("x-sum", "x-more"), value), { maxLength: 2 }),
});
const exchange: fc.Arbitrary<Exchange> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PROPFIND"),
  path: fc.stringMatching(/^\/[a-z%?&=]{0,10}$/),
  fields,
  body: fc.option(body, { nil: undefined }),
  status: fc.constantFrom(200, 201, 204, 304, 404, 500),
  answerFields: fields,
  answer: body,
  informational: fc.boolean(),
});

test("what one machine sends, the other hears, however the network cuts it", () => {
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 1, maxLength: 5 }), fc.integer(), (exchanges, cutSeed) => {
      const pair = new Pair(cutSeed);
      for (const each of exchanges) pair.run(each);
      assert.equal(pair.client.reusable, true);
      assert.equal(pair.server.reading, "idle");
    }),
    { seed, numRuns: 150 * soak },
  );
});

/** A client and a server with a wire between them. */
class Pair {
  readonly client: Http1ClientMachine = new Http1ClientMachine({ now: () => 0 });
  readonly server: Http1ServerMachine = new Http1ServerMachine({ now: () => 0, limits: { drainOctetsMax: 1e6 } });
  readonly #random: () => number;

  constructor(cutSeed: number) {
    this.#random = seeded(cutSeed);
  }

  run(exchange: Exchange): void {
    const { method, path, body } = exchange;
    const asked = this.#hearRequest(() => {
      this.client.send({
        type: "request",
        method,
        target: path,
        host: "a",
        headers: exchange.fields.flat(),
        ...opening(body),
      });
      for (const action of rest(body, "request-end")) this.client.send(action as Http1ClientAction);
    });
    assert.equal(asked.head?.method, method);
    assert.equal(asked.head?.rawTarget, path);
    assert.deepEqual(
      [...asked.head!.headers].filter(([name]) => exchange.fields.some(([each]) => each === name)),
      exchange.fields,
    );
    assert.equal(asked.body, body === undefined ? "" : body.pieces.join(""));
    assert.deepEqual(asked.trailers, trailersOf(body));
    this.#checkAnswer(
      exchange,
      this.#hearResponse(() => this.#answer(exchange)),
    );
  }

  #answer({ status, answerFields, answer, informational }: Exchange): void {
    if (informational) this.server.send({ type: "informational", status: 103, headers: answerFields.flat() });
    this.server.send({ type: "response", status, headers: answerFields.flat(), ...opening(answer) });
    for (const action of rest(answer, "response-end")) this.server.send(action as Http1ServerAction);
  }

  #checkAnswer(
    { method, status, answerFields, answer, informational }: Exchange,
    events: readonly Http1ClientEvent[],
  ): void {
    const [first, ...others] = events;
    if (informational) assert.equal(first?.type === "informational" && first.head.status, 103);
    const response = informational ? others[0] : first;
    assert.ok(response?.type === "response");
    assert.equal(response.head.status, status);
    assert.deepEqual(
      [...response.head.headers].filter(([name]) => answerFields.some(([each]) => each === name)),
      answerFields,
    );
    const bodiless = method === "HEAD" || status === 204 || status === 304;
    assert.equal(textOf(events), bodiless ? "" : answer.pieces.join(""));
    const end = events.at(-1)!;
    if (end.type === "response-end") assert.deepEqual([...(end.trailers ?? [])], trailersOf(answer));
    else assert.equal(end.type === "response" && end.head.bodyKind, "none");
  }

  #hearRequest(speak: () => void): { head: Http1RequestHead | undefined; body: string; trailers: [string, string][] } {
    const heard = { head: undefined as Http1RequestHead | undefined, body: "", trailers: [] as [string, string][] };
    speak();
    this.#carry(this.client, this.server, () => {
      for (let event = this.server.next(); event !== undefined; event = this.server.next()) {
        if (event.type === "request") heard.head = event.head;
        else if (event.type === "body") heard.body += Buffer.from(event.chunk).toString("latin1");
        else if (event.type === "request-end") heard.trailers = [...(event.trailers ?? [])];
      }
    });
    return heard;
  }

  #hearResponse(speak: () => void): Http1ClientEvent[] {
    const events: Http1ClientEvent[] = [];
    speak();
    this.#carry(this.server, this.client, () => {
      for (let event = this.client.next(); event !== undefined; event = this.client.next()) events.push(event);
    });
    assert.equal(this.server.next(), undefined);
    return events;
  }

  /** Brings all output of one machine to the other, cut at random. */
  #carry(
    from: { takeOutput(): Output | undefined },
    to: { receive(chunk: Uint8Array): void },
    heard: () => void,
  ): void {
    for (let item = from.takeOutput(); item !== undefined; item = from.takeOutput()) {
      const bytes = typeof item === "string" ? octets(item) : item;
      for (const chunk of cutAtRandom(bytes, this.#random)) {
        to.receive(chunk);
        if (this.#random() < 0.8) heard();
      }
    }
    heard();
  }
}

/** How a body is announced in the action that begins its message. */
function opening(body: Body | undefined): { body?: string | Uint8Array; length?: number | "unknown" } {
  if (body === undefined) return {};
  const text = body.pieces.join("");
  switch (body.how) {
    case "whole":
      return { body: text };
    case "octets":
      return { body: octets(text) };
    case "length":
      return { length: text.length };
    default:
      return { length: "unknown" };
  }
}

/** The actions that follow. */
function rest(body: Body | undefined, end: "request-end" | "response-end"): (Http1ClientAction | Http1ServerAction)[] {
  if (body === undefined || body.how === "whole" || body.how === "octets") return [];
  const chunks = body.pieces.map((piece, i) => ({ type: "body" as const, chunk: i % 2 === 0 ? piece : octets(piece) }));
  const trailers = body.how === "unknown" && body.trailers.length > 0 ? body.trailers.flat() : undefined;
  return [...chunks, { type: end, trailers }];
}

function trailersOf(body: Body | undefined): [string, string][] {
  return body?.how === "unknown" ? [...body.trailers] : [];
}

function textOf(events: readonly Http1ClientEvent[]): string {
  return events.map((event) => (event.type === "body" ? Buffer.from(event.chunk).toString("latin1") : "")).join("");
}
