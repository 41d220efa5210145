import { constants } from "node:os";
import type { Address } from "../address.ts";
import type { Output } from "../machine.ts";
import type { ChildProcess, ProcessExit, SpawnOptions } from "../processes.ts";
import type { Reactor } from "../reactor.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Transport } from "../transport.ts";
import type { Link, LinkOwner } from "../transports/link.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { missingPackage } from "./pipe-link.ts";
import { killProcess, spawnError } from "./processes.ts";

/** What is used of the optional package `node-pty`. */
interface Pty {
  readonly pid: number;
  onData(take: (chunk: Uint8Array) => void): void;
  onExit(take: (exit: { exitCode: number; signal?: number | undefined }) => void): void;
  write(chunk: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
  kill(signal?: string): void;
}

interface PtyModule {
  spawn(program: string, parameters: string[], options: Record<string, unknown>): Pty;
}

/** Starts a child on a pseudo-terminal. */
export async function spawnOnTerminal(reactor: Reactor, program: string, options: SpawnOptions): Promise<ChildProcess> {
  const { spawn } = await loadPty();
  const { columns, rows, type = "xterm-256color" } = options.terminal!;
  try {
    const pty = spawn(program, [...(options.arguments ?? [])], {
      name: type,
      cols: columns,
      rows,
      encoding: null,
      env: { ...options.environment },
      cwd: options.directory ?? process.cwd(),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    return new TerminalChild(reactor, program, pty);
  } catch (cause) {
    throw await spawnError(program, options.directory, cause as NodeJS.ErrnoException);
  }
}

async function loadPty(): Promise<PtyModule> {
  const name = "node-pty";
  try {
    return (await import(name)) as PtyModule;
  } catch (cause) {
    throw missingPackage("start a terminal", name, cause);
  }
}

class TerminalChild implements ChildProcess {
  readonly pid: number;
  readonly transport: Transport;
  readonly errors = undefined;
  readonly exited: Promise<ProcessExit>;
  readonly #pty: Pty;
  #gone = false;

  constructor(reactor: Reactor, program: string, pty: Pty) {
    this.pid = pty.pid;
    this.#pty = pty;
    const link = new TerminalLink(`${program} (${pty.pid})`, pty);
    this.transport = new StreamTransport(reactor, link);
    this.exited = new Promise((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        this.#gone = true;
        link.close();
        resolve(signal ? { status: undefined, signal: signalName(signal) } : { status: exitCode, signal: undefined });
      });
    });
  }

  /** The child leads a session of its own: its whole group is reached. */
  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    if (!this.#gone) killProcess(this.pid, true, signal);
  }

  resize(columns: number, rows: number): void {
    if (!this.#gone) this.#pty.resize(columns, rows);
  }
}

const endOfTransmission = "\x04";

/** The master side of a terminal. It has one way to end input, the EOF character; hanging up ends the child. */
class TerminalLink implements Link {
  readonly local: Address = { family: "opaque", name: "terminal" };
  readonly peer: Address;
  readonly security: Security | undefined = undefined;
  readonly pendingOctets = 0;
  readonly #pty: Pty;
  #owner: LinkOwner | undefined;
  #paused = false;
  #closed = false;

  constructor(name: string, pty: Pty) {
    this.peer = { family: "opaque", name };
    this.#pty = pty;
    pty.pause();
    pty.onData((chunk) => this.#owner?.received(chunk));
  }

  start(owner: LinkOwner): void {
    this.#owner = owner;
    if (this.#closed) process.nextTick(() => owner.lost());
    else if (!this.#paused) this.#pty.resume();
  }

  send(chunk: Output): void {
    if (!this.#closed) this.#pty.write(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk);
  }

  cork(): void {}

  uncork(): void {}

  notifyDrained(): void {
    process.nextTick(() => this.#owner?.drained());
  }

  end(): void {
    this.send(endOfTransmission);
  }

  abort(): void {
    if (!this.#closed) this.#pty.kill("SIGHUP");
  }

  pause(): void {
    this.#paused = true;
    this.#pty.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#owner !== undefined) this.#pty.resume();
  }

  async secure(options: TlsOptions): Promise<Link> {
    const { secureLink } = await import("./tls.ts");
    return secureLink(this, options);
  }

  /** The child has exited and its output is read. */
  close(): void {
    this.#closed = true;
    this.#owner?.receivedEnd();
    this.#owner?.lost();
  }
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}
