import { spawnSync } from "node:child_process";
import { connect, type Socket } from "node:net";

/** What an answer came to. */
export interface RawAnswer {
  readonly octets: number;
  /** Its last line. */
  readonly end: string;
  /** All of it, where that was wanted. */
  readonly text: string;
}

/**
 * A client that does nothing but wait for the end of each answer, so that it is not what is measured: it counts octets and
 * looks at the last ones of each chunk.
 */
export class RawClient {
  readonly #socket: Socket;
  #isEnd: (tail: string) => boolean = () => false;
  #resolve: ((answer: RawAnswer) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  #octets = 0;
  #tail = "";
  #kept: Buffer[] | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#data(chunk));
    socket.on("close", () => this.#reject?.(new Error(`The server closed after "${this.#tail}"`)));
    socket.on("error", (error) => this.#reject?.(error));
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    const client = new RawClient(socket);
    await client.#answer(isLine, false);
    return client;
  }

  /** Sends a command of IMAP and waits for the line with its tag, which must say OK. */
  async imap(command: string, isKept = false): Promise<RawAnswer> {
    const tag = `t${count++}`;
    const answer = this.#answer((tail) => isLine(tail) && lastLine(tail).startsWith(`${tag} `), isKept);
    this.#socket.write(`${tag} ${command}\r\n`, "latin1");
    const { end, ...rest } = await answer;
    if (!end.startsWith(`${tag} OK`)) throw new Error(`${command.slice(0, 80)}: ${end}`);
    return { end, ...rest };
  }

  /** Sends a command of POP3 and waits for its end: a line, or a dot by itself. */
  async pop3(command: string, isLong: boolean, isKept = false): Promise<RawAnswer> {
    const answer = this.#answer(
      isLong ? (tail) => tail.endsWith("\r\n.\r\n") || /^-ERR.*\r\n$/.test(tail) : isLine,
      isKept,
    );
    this.#socket.write(`${command}\r\n`, "latin1");
    const given = await answer;
    if (given.end.startsWith("-ERR")) throw new Error(`${command}: ${given.end}`);
    return given;
  }

  close(): void {
    this.#reject = undefined;
    this.#socket.destroy();
  }

  #answer(isEnd: (tail: string) => boolean, isKept: boolean): Promise<RawAnswer> {
    this.#isEnd = isEnd;
    this.#octets = 0;
    this.#tail = "";
    this.#kept = isKept ? [] : undefined;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  #data(chunk: Buffer): void {
    this.#octets += chunk.length;
    this.#kept?.push(chunk);
    const before = chunk.length >= tailOctets ? "" : this.#tail;
    this.#tail = (before + chunk.toString("latin1", Math.max(0, chunk.length - tailOctets))).slice(-tailOctets);
    if (!this.#isEnd(this.#tail)) return;
    const text = this.#kept === undefined ? "" : Buffer.concat(this.#kept).toString("latin1");
    this.#resolve?.({ octets: this.#octets, end: lastLine(this.#tail), text });
  }
}

/** The load has a core of its own, where there are two: see harness/process.ts. */
export function keepToTheLoadsCore(): void {
  spawnSync("taskset", ["-acp", "1", String(process.pid)], { stdio: "ignore" });
}

let count = 0;

/** Longer than a last line. */
const tailOctets = 512;

function isLine(tail: string): boolean {
  return tail.endsWith("\r\n");
}

function lastLine(tail: string): string {
  return tail.slice(tail.lastIndexOf("\n", tail.length - 2) + 1).trimEnd();
}
