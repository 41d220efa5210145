import { readFileSync, readlinkSync } from "node:fs";
import type { Address } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";

/** A listening socket that systemd opened for us (sd_listen_fds(3)). */
export interface SystemdSocket {
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit; `unknown` where it has none. */
  readonly name: string;
}

/** The first descriptor that is passed. */
const firstFd = 3;
const socketsMax = 1_024;

/**
 * The sockets that were passed to this process. None when the variables are another process's: they are inherited by
 * children, and only `LISTEN_PID` says whom they mean.
 * @param environment default: this process's, as `pid`
 * @throws {ConnectionError} `failed`, when the variables contradict each other
 */
export function systemdSockets(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  pid: number = process.pid,
): readonly SystemdSocket[] {
  if (environment["LISTEN_PID"] !== String(pid)) return [];
  const count = environment["LISTEN_FDS"] ?? "";
  if (!/^\d{1,4}$/.test(count) || Number(count) > socketsMax) throw broken(`LISTEN_FDS is ${quote(count)}`);
  const names = environment["LISTEN_FDNAMES"]?.split(":") ?? Array<string>(Number(count)).fill("unknown");
  if (names.length !== Number(count)) throw broken(`${count} sockets have ${names.length} names`);
  return names.map((name, index) => ({ fd: firstFd + index, name }));
}

function broken(reason: string): ConnectionError {
  return new ConnectionError("failed", `Cannot take sockets from systemd: ${reason}`);
}

/**
 * The address of an inherited UNIX socket, which node does not know: found by its inode in Linux's table. Elsewhere the
 * descriptor's number stands for it.
 */
export function inheritedUnixAddress(fd: number): Address {
  const path = process.platform === "linux" ? unixPath(fd) : undefined;
  return path === undefined ? { family: "opaque", name: `descriptor ${fd}` } : { family: "unix", path };
}

function unixPath(fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    const line = new RegExp(`^(?:\\S+ +){6}${inode} (.+)$`, "m").exec(readFileSync("/proc/net/unix", "utf8"));
    return line?.[1];
  } catch {
    return undefined;
  }
}
