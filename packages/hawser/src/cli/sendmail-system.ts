import { readSync } from "node:fs";
import { stat } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { nodeReactor } from "@hawser/core/node";
import type { SendmailSystem, SendmailUser } from "@hawser/mail/sendmail";

/** Who called `sendmail`, and where. */
export function sendmailSystem(signal?: AbortSignal): SendmailSystem {
  return {
    reactor: nodeReactor,
    user: caller(),
    hostName: hostname(),
    environment: process.env,
    input: { [Symbol.asyncIterator]: standardInput },
    connection: async () => (await import("@hawser/core/node")).stdioTransport(nodeReactor),
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    signal,
    actAsOwnerOf: async (folder) => actAs(await stat(folder)),
  };
}

/** For root alone, and for good: nothing is left to do but to bring the message. */
function actAs({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** Whoever has no entry in the system's list of users, as in a container, is called by number. */
function caller(): SendmailUser {
  try {
    const { username, uid, homedir } = userInfo();
    return { name: username, uid, home: homedir };
  } catch {
    const uid = process.getuid?.() ?? 0;
    return { name: process.env["USER"] ?? process.env["LOGNAME"] ?? `uid${uid}`, uid, home: process.env["HOME"] };
  }
}

/**
 * Reads without the streams of Node, which take time to load: there is nothing else to do before the message is there. Only
 * where the other end has made it so that there is no waiting (EAGAIN) they are needed.
 */
async function* standardInput(): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkOctets);
    const octets = readNow(chunk);
    if (octets === undefined) return yield* process.stdin;
    if (octets === 0) return;
    yield chunk.subarray(0, octets);
  }
}

/** `undefined`: nothing is there yet, and the descriptor does not wait. */
function readNow(chunk: Uint8Array): number | undefined {
  try {
    return readSync(0, chunk);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    if (code === "EOF") return 0; // what Windows says at the end of a pipe
    throw error;
  }
}

/** What a pipe holds on Linux. */
const chunkOctets = 65_536;
