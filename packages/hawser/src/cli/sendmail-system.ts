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
    input: {
      async *[Symbol.asyncIterator]() {
        yield* process.stdin; // looked at when it is read, and not before: that opens it
      },
    },
    connection: async () => (await import("@hawser/core/node")).stdioTransport(nodeReactor),
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    signal,
  };
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
