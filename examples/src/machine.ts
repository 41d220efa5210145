// A protocol as a machine (bytes in, events out; actions in, bytes out), tried here without any network.
import { LineReader, type Machine, type Output } from "@hawser/core";

/** One line of numbers in, one line with their sum out. It never waits, so it has no deadline. */
class SumMachine implements Machine<readonly number[], number> {
  readonly deadline = undefined;
  readonly #lines = new LineReader({ lineOctetsMax: 1_000 });
  #output = "";

  receive(chunk: Uint8Array): void {
    this.#lines.receive(chunk);
  }

  end(): void {
    this.#lines.end();
  }

  next(): readonly number[] | undefined {
    const line = this.#lines.next();
    return line && Buffer.from(line).toString("latin1").split(" ").map(Number);
  }

  send(sum: number): void {
    this.#output += `${sum}\r\n`;
  }

  takeOutput(): Output | undefined {
    const output = this.#output;
    this.#output = "";
    return output === "" ? undefined : output;
  }

  expire(): void {}
}

const machine = new SumMachine();
for (const octet of Buffer.from("1 2 3\r\n4 5\r\n")) machine.receive(Uint8Array.of(octet)); // cut as badly as can be
for (let numbers = machine.next(); numbers; numbers = machine.next()) machine.send(numbers.reduce((a, b) => a + b));
console.log(String(machine.takeOutput()).trim().split("\r\n").join(", "));
