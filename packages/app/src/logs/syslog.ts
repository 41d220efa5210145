import {
  type Clock,
  connect,
  ipAddress,
  parseEndpoint,
  type Reactor,
  type Transport,
  UsageError,
  withDeadline,
} from "@hawser/core";
import { type LogLevel, logLevelName } from "./levels.ts";
import type { LogSink } from "./sink.ts";
import { formatSyslog, frameSyslog, type SyslogOrigin, syslogPriority, syslogText } from "./syslog-format.ts";
import { formatLogText, parseLogRecord } from "./text-format.ts";

/** Messages that wait for a receiver which is not there; beyond that the newest are lost, and counted. */
const waitingMax = 1_000;

/** What a slow receiver may leave unread; a line has at most 2,048 octets. */
const pendingOctetsMax = 1_048_576;

/** How long a receiver may take to read the last lines. */
const closeMs = 1_000;

/** After a failure it is tried again so much later. */
const retryMs = 5_000;

/** How messages travel; made anew after each failure. */
interface SyslogChannel {
  /** @returns false when the message is lost, since too much waits to be sent */
  send(level: LogLevel, wallMs: number, text: string): boolean;
  /** Resolves when what was sent has left, or cannot. */
  close(): Promise<void>;
}

type OpenChannel = (broken: (error: unknown) => void) => Promise<SyslogChannel>;

/**
 * The log goes to syslog. `local` is this machine's own; Node has no UNIX datagram sockets, so the program logger(1)
 * carries the lines there. `tcp:HOST:PORT` and `tls:…` are receivers elsewhere (RFC 5424 over RFC 6587), `udp:HOST:PORT`
 * one that may miss messages (RFC 5426).
 * @throws {UsageError} for any other place
 */
export function syslogLog(where: string, origin: SyslogOrigin, reactor: Reactor): LogSink {
  return new SyslogSink(channelTo(where, origin, reactor), reactor.clock);
}

function channelTo(where: string, origin: SyslogOrigin, reactor: Reactor): OpenChannel {
  if (where === "local") return (broken) => loggerChannel(origin, reactor, broken);
  const endpoint = parseEndpoint(where);
  if (endpoint.type === "udp") return () => datagramChannel(endpoint.host, endpoint.port, origin, reactor);
  if (["tcp", "tls", "unix"].includes(endpoint.type)) return (broken) => streamChannel(where, origin, reactor, broken);
  throw new UsageError(`Cannot log to ${JSON.stringify(where)}: it is neither local, udp:, tcp:, tls: nor unix:`);
}

class SyslogSink implements LogSink {
  readonly #open: OpenChannel;
  readonly #clock: Clock;
  readonly #waiting: string[] = [];
  #lost = 0;
  #channel: SyslogChannel | undefined;
  #busy = false;
  #connecting: Promise<void>;
  #closed = false;

  constructor(open: OpenChannel, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
    this.#connecting = this.#connect();
  }

  write(line: string): void {
    if (this.#closed) return;
    if (this.#channel !== undefined) this.#send(line);
    else if (this.#waiting.length < waitingMax) this.#waiting.push(line);
    else this.#lost += 1;
  }

  reopen(): void {
    void this.#channel?.close();
    this.#channel = undefined;
    this.#connectUnlessBusy();
  }

  /** What waits for a connection that is being made still goes, if that does not take long. */
  async close(): Promise<void> {
    await withDeadline(this.#clock, closeMs, () => this.#connecting).catch(ignore);
    this.#closed = true;
    await this.#channel?.close();
    this.#channel = undefined;
  }

  #send(line: string): void {
    const record = parseLogRecord(line);
    const level = logLevelName(Number(record?.["level"]));
    const text = record === undefined ? line : formatLogText(record, { time: false });
    const sent = this.#channel?.send(level, Number(record?.["time"] ?? this.#clock.wall()), text);
    if (sent === false) this.#lost += 1;
    else this.#tellLost();
  }

  /** Never rejects. */
  async #connect(): Promise<void> {
    this.#busy = true;
    try {
      const channel = await this.#open(() => this.#broken(channel));
      if (this.#closed) return void channel.close();
      this.#channel = channel;
      this.#catchUp();
    } catch {
      this.#retryLater();
    } finally {
      this.#busy = false;
    }
  }

  #catchUp(): void {
    for (const line of this.#waiting.splice(0)) this.#send(line);
    this.#tellLost();
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    const told = this.#channel?.send("warn", this.#clock.wall(), `${this.#lost} lines were lost`);
    if (told === true) this.#lost = 0;
  }

  #broken(channel: SyslogChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#clock.after(retryMs, () => this.#connectUnlessBusy(), { idle: true });
  }

  #connectUnlessBusy(): void {
    if (this.#closed || this.#busy || this.#channel !== undefined) return;
    this.#connecting = this.#connect();
  }
}

/** logger(1) as a child that lives as long as we do; each line begins with its priority. */
async function loggerChannel(
  { program, pid }: SyslogOrigin,
  reactor: Reactor,
  broken: (error: unknown) => void,
): Promise<SyslogChannel> {
  const child = await reactor.processes.spawn("logger", {
    arguments: ["--prio-prefix", "--tag", program, `--id=${pid}`],
    environment: { PATH: "/usr/bin:/bin" },
    directory: "/",
  });
  child.transport.start({ data: ignore, end: ignore, closed: ignore });
  child.errors?.start({ data: ignore, end: ignore, closed: ignore });
  void child.exited.then(broken);
  return {
    send: (level, _, text) => send(child.transport, `${syslogPriority(level)}${syslogText(text)}\n`),
    close: () => closed(child.transport, child.exited, reactor.clock),
  };
}

async function datagramChannel(
  host: string | undefined,
  port: number,
  origin: SyslogOrigin,
  reactor: Reactor,
): Promise<SyslogChannel> {
  const [to] = await reactor.names.lookup(host ?? "localhost");
  const { family, host: address } = to!; // a look-up without an address rejects
  const socket = await reactor.network.bind(ipAddress(family === "ipv6" ? "::" : "0.0.0.0", 0));
  socket.start({ datagram: ignore, failed: ignore, closed: ignore });
  return {
    send(level, wallMs, text) {
      socket.send(formatSyslog(origin, level, wallMs, text), { family, host: address, port });
      return true;
    },
    async close() {
      socket.close();
    },
  };
}

async function streamChannel(
  where: string,
  origin: SyslogOrigin,
  reactor: Reactor,
  broken: (error: unknown) => void,
): Promise<SyslogChannel> {
  const transport: Transport = await connect(where, undefined, { reactor });
  const gone = new Promise<void>((resolve) => transport.whenClosed(() => resolve()));
  transport.start({ data: ignore, end: () => transport.end(), closed: broken });
  return {
    send: (level, wallMs, text) => send(transport, frameSyslog(formatSyslog(origin, level, wallMs, text))),
    close: () => closed(transport, gone, reactor.clock),
  };
}

function send(transport: Transport, message: Uint8Array | string): boolean {
  if (transport.pendingOctets > pendingOctetsMax) return false;
  transport.write(message);
  return true;
}

async function closed(transport: Transport, gone: Promise<unknown>, clock: Clock): Promise<void> {
  transport.end();
  const timer = clock.after(closeMs, () => transport.abort());
  await gone;
  timer.cancel();
}

function ignore(): void {}
