import type { Clock } from "../clock.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { Link } from "../transports/link.ts";

/** What a side says of itself in the handshake of {@link plainSecurity}. */
export interface PlainHello {
  readonly serverName?: string | undefined;
  /** What is offered; in the server's answer, what was chosen. */
  readonly alpn: readonly string[];
  readonly certificate?: string | undefined;
  /** Why there is no connection. */
  readonly alert?: string | undefined;
}

/** Longer than any chain of certificates in a test. */
const helloOctetsMax = 65_536;

/** Sends a hello as one line of JSON, and gives that line. */
export function sendHello(link: Link, hello: PlainHello): string {
  const line = `plain ${JSON.stringify(hello)}`;
  link.send(Buffer.from(`${line}\n`));
  return line;
}

/** Reads the line of a hello. @throws {ConnectionError} `handshake-failed` */
export function parsePlainHello(line: string): PlainHello {
  const { serverName, alpn, certificate, alert } = parseFields(line);
  const offered = Array.isArray(alpn) ? alpn.filter((protocol) => typeof protocol === "string") : [];
  return { serverName: text(serverName), alpn: offered, certificate: text(certificate), alert: text(alert) };
}

/** A reader of one line from a link that nobody else reads now. */
export interface PlainLineReader {
  /** Without its end. Rejects when the connection is lost, the line is too long, or the time is over. */
  readonly line: Promise<string>;
  /** What arrived after the line. */
  rest(): Uint8Array;
  stop(): void;
}

export function readLine(link: Link, clock: Clock, timeoutMs: number): PlainLineReader {
  let received: Uint8Array = Buffer.alloc(0);
  let stop = () => {};
  const line = new Promise<string>((resolve, reject) => {
    const fail = (code: "handshake-failed" | "timed-out", reason: string) =>
      reject(new ConnectionError(code, `Cannot agree on security: ${reason}`));
    const timer = clock.after(timeoutMs, () => fail("timed-out", `no answer within ${timeoutMs} ms`));
    stop = () => timer.cancel();
    link.start({
      received(chunk) {
        received = Buffer.concat([received, chunk]);
        const end = received.indexOf(0x0a);
        if (end >= 0) {
          link.pause(); // what follows is for the protected link
          resolve(Buffer.from(received.subarray(0, end)).toString("utf8"));
        } else if (received.length > helloOctetsMax) fail("handshake-failed", "the hello is too long");
      },
      receivedEnd: () => fail("handshake-failed", "the other side ended the connection"),
      drained: () => {},
      lost: (error) => reject(error ?? new ConnectionError("reset", "Connection lost during the handshake")),
    });
  });
  return { line, stop: () => stop(), rest: () => received.subarray(received.indexOf(0x0a) + 1) };
}

function parseFields(line: string): Record<"serverName" | "alpn" | "certificate" | "alert", unknown> {
  try {
    if (line.startsWith("plain {")) return JSON.parse(line.slice("plain ".length));
  } catch {
    // falls through: the same answer as for any other line
  }
  throw new ConnectionError("handshake-failed", `Cannot agree on security: ${quote(line)} is not a handshake`);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
