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

const lineFeed = 0x0a;

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
  /** Without its end. Rejects when the connection is lost or the line is too long. */
  readonly line: Promise<string>;
  /** What arrived after the line. */
  rest(): Uint8Array;
}

export function readLine(link: Link, before: Uint8Array = new Uint8Array(0)): PlainLineReader {
  let received = before;
  const line = new Promise<string>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new ConnectionError("handshake-failed", `Cannot agree on security: ${reason}`));
    const look = () => {
      const end = received.indexOf(lineFeed);
      if (end < 0) return received.length > helloOctetsMax ? fail("the hello is too long") : undefined;
      link.pause(); // what follows is for the protected link
      resolve(Buffer.from(received.subarray(0, end)).toString("utf8"));
    };
    link.start({
      received(chunk) {
        received = Buffer.concat([received, chunk]);
        look();
      },
      receivedEnd: () => fail("the other side ended the connection"),
      drained: () => {},
      lost: (error) => reject(error ?? new ConnectionError("reset", "Connection lost during the handshake")),
    });
    look();
  });
  return { line, rest: () => received.subarray(received.indexOf(lineFeed) + 1) };
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
