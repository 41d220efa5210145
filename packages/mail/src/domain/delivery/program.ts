import { type ChildProcess, Connection, ConnectionError, type Reactor } from "@hawser/core";
import type { MailTransportResult } from "../../queue/queue.ts";
import { deferred, delivered, failed } from "./outcome.ts";

/** How programs are run that aliases name. */
export interface MailProgramOptions {
  /** Default `/bin/sh`, which is given `-c` and the command line of the alias. */
  readonly shell?: string | undefined;
  /** As whom. Default: as we run ourselves, which should not be root. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Default `/`. */
  readonly directory?: string | undefined;
  /** Beside what is told of the message. Default: `PATH` alone. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** How long it may take before it is ended with all that it has started, and tried again later. Default 60,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** Octets of what it prints that are told in a report. Default 1,000. */
  readonly outputOctetsMax?: number | undefined;
}

/** What a program is told of a message, in its environment alone. */
export interface MailProgramMessage {
  readonly command: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Lines end with LF. */
  readonly content: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/**
 * Gives a message to a program on its standard input, and reads its exit status as sysexits has it. No part of an address is in
 * the command line: whatever a sender is called, the shell sees only what the alias says.
 */
export async function deliverToProgram(
  reactor: Reactor,
  { command, variables, content, signal }: MailProgramMessage,
  options: MailProgramOptions,
): Promise<MailTransportResult> {
  const {
    shell = "/bin/sh",
    uid,
    gid,
    directory = "/",
    environment = { PATH: pathDefault },
    timeoutMs = 60_000,
  } = options;
  const limit = new AbortController();
  const timer = reactor.clock.after(timeoutMs, () => limit.abort());
  try {
    const child = await reactor.processes.spawn(shell, {
      arguments: ["-c", command],
      environment: { ...environment, SHELL: shell, ...mapped(variables, harmless) },
      directory,
      uid,
      gid,
      signal: AbortSignal.any([signal, limit.signal]),
    });
    const output = await run(child, content, options.outputOctetsMax ?? 1_000);
    const { status, signal: ended } = await child.exited;
    if (limit.signal.aborted) return deferred("4.3.0", `The program did not end within ${timeoutMs} ms`);
    return status === undefined
      ? deferred("4.3.0", `The program was ended by ${ended}`)
      : outcomeOfStatus(status, output);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return deferred("4.3.5", "The program cannot be run now");
  } finally {
    timer.cancel();
  }
}

const pathDefault = "/usr/local/bin:/usr/bin:/bin";

/** Characters that mean something to shells, old ones and careless scripts included, become `_`, as in Postfix. */
function harmless(text: string): string {
  return text.replace(/[^A-Za-z0-9!@%_=+:,./\u0080-\u{10ffff}-]/gu, "_").slice(0, 1_000);
}

function mapped(
  variables: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, change(value)]));
}

/** Feeds it, and hears what it prints. One that reads no further has what it wants: its exit status tells. */
async function run(child: ChildProcess, content: AsyncIterable<Uint8Array>, octetsMax: number): Promise<string> {
  const output = new ProgramOutput(octetsMax);
  const pipes = new Connection(child.transport);
  child.transport.start(pipes.receiver);
  child.errors?.start({ data: (chunk) => output.add(chunk), end() {}, closed() {} });
  const heard = hear(pipes, output);
  try {
    for await (const chunk of content) await pipes.send(chunk);
    pipes.end();
  } catch (error) {
    const isGone = error instanceof ConnectionError;
    if (!isGone) child.kill("SIGKILL"); // half of a message is none
    if (!isGone) throw error;
  }
  await heard;
  await child.exited;
  return output.text;
}

async function hear(pipes: Connection, output: ProgramOutput): Promise<void> {
  try {
    for await (const chunk of pipes) output.add(chunk);
  } catch {} // its exit status tells
}

class ProgramOutput {
  readonly #octetsMax: number;
  #chunks: Uint8Array[] = [];
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  add(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, this.#octetsMax - this.#octets);
    this.#octets += kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  /** On one line, since it goes into reports. */
  get text(): string {
    return Buffer.concat(this.#chunks)
      .toString()
      .replace(/[\0-\x1f\x7f]+/g, " ")
      .trim();
  }
}

function outcomeOfStatus(status: number, output: string): MailTransportResult {
  if (status === 0) return delivered;
  const [enhanced, meaning] = sysexits[status] ?? ["5.3.0", `The program ended with ${status}`];
  const text = output === "" ? meaning : `${meaning}: ${output}`;
  return (enhanced.startsWith("4") ? deferred : failed)(enhanced, text);
}

/** What an exit status of sysexits(3) means; 126 and 127 are a shell's, for programs that cannot be run. */
const sysexits: Readonly<Record<number, readonly [status: string, text: string]>> = {
  64: ["5.3.0", "The program was called in a wrong way"],
  65: ["5.6.0", "The program cannot read the message"],
  66: ["5.3.0", "The program misses its input"],
  67: ["5.1.1", "The program knows no such user"],
  68: ["5.1.2", "The program knows no such host"],
  69: ["5.3.0", "The program's service is unavailable"],
  70: ["5.3.0", "The program has a fault"],
  71: ["4.3.0", "The system failed the program"],
  72: ["5.3.5", "The program misses a file of the system"],
  73: ["5.2.0", "The program cannot make a file"],
  74: ["4.3.0", "The program cannot read or write a file"],
  75: ["4.3.0", "The program wants the message later"],
  76: ["5.5.0", "The program was answered wrongly"],
  77: ["5.7.0", "The program is not permitted to"],
  78: ["5.3.5", "The program is configured wrongly"],
  126: ["4.3.5", "The program cannot be run"],
  127: ["4.3.5", "The program is not there"],
};
