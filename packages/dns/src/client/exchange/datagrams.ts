import {
  ConnectionError,
  type DatagramSocket,
  DeadlineTimer,
  type IpAddress,
  ipAddress,
  parseIp,
  type Reactor,
} from "@hawser/core";
import type { DnsMessageInit } from "../../message/message.ts";
import { sourcePortMin } from "../limits.ts";
import { type DatagramOutcome, DatagramQuestionMachine, type DatagramQuestionOptions, type Moment } from "./machine.ts";

/**
 * Puts a question by datagrams, from a socket of its own whose port is drawn by chance (RFC 5452 §9.2).
 * @throws {ConnectionError} when it could not be sent; `signal.reason` when nobody answered in time
 */
export async function askByDatagrams(
  reactor: Reactor,
  server: IpAddress,
  message: DnsMessageInit,
  options: DatagramQuestionOptions & { readonly localHost?: string | undefined },
  signal: AbortSignal,
): Promise<DatagramOutcome> {
  const host = options.localHost ?? (server.family === "ipv6" ? "::" : "0.0.0.0");
  const socket = await bindRandomPort(reactor, host, signal);
  try {
    signal.throwIfAborted();
    return await converse(reactor, socket, server, message, options, signal);
  } finally {
    socket.close();
  }
}

function converse(
  reactor: Reactor,
  socket: DatagramSocket,
  server: IpAddress,
  message: DnsMessageInit,
  options: DatagramQuestionOptions,
  signal: AbortSignal,
): Promise<DatagramOutcome> {
  const { clock } = reactor;
  const moment = (): Moment => ({ now: clock.now(), wallSeconds: clock.wall() / 1_000 });
  const machine = new DatagramQuestionMachine(message, options, moment());
  return new Promise<DatagramOutcome>((resolve, reject) => {
    const flush = (): void => {
      const output = machine.takeOutput();
      if (output !== undefined) socket.send(output, server);
      timer.set(machine.deadline);
      if (machine.outcome === undefined) return;
      timer.cancel();
      resolve(machine.outcome);
    };
    const timer = new DeadlineTimer(clock, () => {
      machine.expire(clock.now());
      flush();
    });
    const end = (error: unknown): void => {
      timer.cancel();
      reject(error);
    };
    signal.addEventListener("abort", () => end(signal.reason), { once: true });
    socket.start({
      datagram(payload, from) {
        if (!isSame(from, server)) options.counts.strangers++;
        else {
          machine.receive(payload, moment());
          flush();
        }
      },
      failed: end,
      closed(error) {
        if (machine.outcome === undefined) end(error ?? signal.reason); // nobody closes it but we, at the end
      },
    });
    flush();
  });
}

/** A port that is taken is drawn again; where many are, the system chooses. */
async function bindRandomPort(reactor: Reactor, host: string, signal: AbortSignal): Promise<DatagramSocket> {
  for (let tries = 0; ; tries++) {
    const port = tries < drawsMax ? reactor.random.integer(sourcePortMin, 65_536) : 0;
    try {
      return await reactor.network.bind(ipAddress(host, port), { ipv6Only: host.includes(":"), signal });
    } catch (error) {
      const isTaken =
        error instanceof ConnectionError && (error.code === "address-in-use" || error.code === "not-permitted");
      if (!isTaken || port === 0) throw error;
    }
  }
}

const drawsMax = 4;

/** Compared as octets: an IPv6 address has many spellings. */
function isSame(from: IpAddress, server: IpAddress): boolean {
  if (from.port !== server.port) return false;
  if (from.host === server.host) return true;
  const [one, other] = [parseIp(from.host), parseIp(server.host)];
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}
