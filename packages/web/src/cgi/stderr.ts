import { Connection, type Transport } from "@hawser/core";

const lineOctetsMax = 8_192;
/** What is kept of a script's complaints, for the report when it fails. */
const tailLinesMax = 20;

/** Reads what a program writes to its errors, line by line; lines too long are cut into several. */
export class StderrTail {
  readonly #told: ((line: string) => void) | undefined;
  readonly #lines: string[] = [];
  #rest = "";

  constructor(told: ((line: string) => void) | undefined) {
    this.#told = told;
  }

  /** The last lines, for a fault's text. */
  get text(): string {
    return [...this.#lines, this.#rest].filter((line) => line !== "").join("\n");
  }

  /** Follows a pipe to its end. */
  async follow(errors: Transport): Promise<void> {
    const pipe = new Connection(errors);
    errors.start(pipe.receiver);
    try {
      for await (const chunk of pipe) this.receive(chunk);
    } catch {
      // The pipe is lost with its program, whose own end tells more.
    }
    this.end();
  }

  receive(chunk: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(chunk).toString("latin1")).split("\n");
    const last = lines.pop()!;
    for (const line of lines) this.#tell(line);
    this.#rest = last.slice(0, lineOctetsMax);
    if (last.length > lineOctetsMax) this.end();
  }

  end(): void {
    if (this.#rest !== "") this.#tell(this.#rest);
    this.#rest = "";
  }

  #tell(line: string): void {
    const said = Buffer.from(line.replace(/\r$/, "").slice(0, lineOctetsMax), "latin1").toString("utf8");
    this.#told?.(said);
    this.#lines.push(said);
    if (this.#lines.length > tailLinesMax) this.#lines.shift();
  }
}
