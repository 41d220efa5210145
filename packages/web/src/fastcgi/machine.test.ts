import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FastCgiProtocolError } from "./errors.ts";
import { FastCgiClientMachine } from "./machine.ts";
import { decodeFastCgiPairs, encodeFastCgiEnd, encodeFastCgiRecord, FastCgiRecordReader, FastCgiType } from "./wire.ts";

const nothing = new Uint8Array(0);

/** What the machine has written, record by record. */
function written(machine: FastCgiClientMachine): readonly string[] {
  const reader = new FastCgiRecordReader();
  reader.receive(machine.takeOutput() ?? nothing);
  const names = Object.fromEntries(Object.entries(FastCgiType).map(([name, type]) => [type, name]));
  const said: string[] = [];
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    const { type, content } = record;
    said.push(
      `${names[type]} ${type === 4 ? JSON.stringify(decodeFastCgiPairs(content)) : Buffer.from(content).toString("latin1")}`,
    );
  }
  return said;
}

function begun(): FastCgiClientMachine {
  const machine = new FastCgiClientMachine();
  machine.send({ type: "begin", variables: { A: "b" }, keepsConnection: true });
  return machine;
}

function answer(machine: FastCgiClientMachine, type: number, content: Uint8Array | string, requestId = 1): void {
  machine.receive(encodeFastCgiRecord({ type, requestId, content: Buffer.from(content) }));
}

describe("FastCgiClientMachine", () => {
  test("sends a request and takes the answer", () => {
    const machine = begun();
    machine.send({ type: "stdin", chunk: Buffer.from("body") });
    machine.send({ type: "stdin-end" });
    assert.deepEqual(written(machine), [
      "beginRequest \0\x01\x01\0\0\0\0\0",
      'params {"A":"b"}',
      "params {}",
      "stdin body",
      "stdin ",
    ]);
    answer(machine, FastCgiType.stdout, "out");
    answer(machine, FastCgiType.stderr, "err");
    answer(machine, FastCgiType.stdout, "");
    assert.equal(machine.isIdle, false);
    answer(machine, FastCgiType.endRequest, encodeFastCgiEnd({ appStatus: 3, protocolStatus: 0 }));
    assert.deepEqual(machine.next(), { type: "stdout", chunk: Uint8Array.from(Buffer.from("out")) });
    assert.deepEqual(machine.next(), { type: "stderr", chunk: Uint8Array.from(Buffer.from("err")) });
    assert.deepEqual(machine.next(), { type: "end", appStatus: 3 });
    assert.equal(machine.next(), undefined);
    assert.equal(machine.isIdle, true);
  });

  test("is not idle while a body is on its way, though the answer is complete", () => {
    const machine = begun();
    answer(machine, FastCgiType.endRequest, encodeFastCgiEnd({ appStatus: 0, protocolStatus: 0 }));
    machine.next();
    assert.throws(() => machine.send({ type: "begin", variables: {}, keepsConnection: true }), { code: "bad-state" });
    machine.send({ type: "stdin-end" });
    assert.equal(machine.isIdle, true);
    assert.throws(() => machine.send({ type: "stdin", chunk: nothing }), { code: "bad-state" });
  });

  test("asks to abort what is under way, and nothing else", () => {
    const machine = begun();
    written(machine);
    machine.send({ type: "abort" });
    assert.deepEqual(written(machine), ["abortRequest "]);
    const idle = new FastCgiClientMachine();
    idle.send({ type: "abort" });
    assert.equal(idle.takeOutput(), undefined);
  });

  for (const [protocolStatus, code] of [
    [1, "refused"],
    [2, "overloaded"],
    [3, "refused"],
  ] as const) {
    test(`protocol status ${protocolStatus} means ${code}`, () => {
      const machine = begun();
      answer(machine, FastCgiType.endRequest, encodeFastCgiEnd({ appStatus: 0, protocolStatus }));
      assert.throws(() => machine.next(), { code });
    });
  }

  test("passes over records about the connection, and refuses those of other requests", () => {
    const machine = begun();
    answer(machine, FastCgiType.getValuesResult, "", 0);
    assert.equal(machine.next(), undefined);
    answer(machine, FastCgiType.stdout, "x", 2);
    assert.throws(() => machine.next(), { code: "unexpected-record" });
  });

  test("refuses records that only a client sends", () => {
    const machine = begun();
    answer(machine, FastCgiType.stdin, "x");
    assert.throws(() => machine.next(), { code: "unexpected-record" });
  });
});

test("FastCgiClientMachine throws nothing but its own errors, whatever an application sends", () => {
  const records = fc.array(
    fc.record({
      type: fc.integer({ min: 0, max: 12 }),
      requestId: fc.nat(2),
      content: fc.uint8Array({ maxLength: 20 }),
    }),
  );
  fc.assert(
    fc.property(records, fc.uint8Array({ maxLength: 10 }), (sent, garbage) => {
      const machine = begun();
      machine.receive(Buffer.concat([...sent.map(encodeFastCgiRecord), garbage]));
      try {
        while (machine.next() !== undefined);
      } catch (error) {
        assert.ok(error instanceof FastCgiProtocolError, String(error));
      }
    }),
  );
});
