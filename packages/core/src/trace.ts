import type { Address } from "./address.ts";
import { formatAddress } from "./address.ts";
import type { Instant } from "./clock.ts";
import type { ConnectionError } from "./errors.ts";

/** Which end of the connection we are. */
export type TraceSide = "client" | "server";

/** What happened on a traced connection. */
export type TraceHappening =
  | { readonly type: "opened"; readonly local: Address; readonly peer: Address }
  | { readonly type: "received"; readonly octets: Uint8Array }
  | { readonly type: "sent"; readonly octets: Uint8Array }
  | { readonly type: "received-end" }
  | { readonly type: "sent-end" }
  | { readonly type: "secured"; readonly version: string }
  | { readonly type: "closed"; readonly error: ConnectionError | undefined };

/** One happening, with its time and its connection. */
export type TraceEvent = TraceHappening & {
  readonly at: Instant;
  /** Counts connections, from 1. */
  readonly connection: number;
  readonly side: TraceSide;
};

/** Where events go. */
export type TraceSink = (event: TraceEvent) => void;

/** How events are written as text. */
export interface TraceTextOptions {
  /** A line is cut after so many characters. Default 256. */
  readonly lineCharactersMax?: number | undefined;
  /** What is shown of one chunk. Default 20 lines. */
  readonly linesMax?: number | undefined;
  /** Begin each line with the number of its connection. Default false. */
  readonly showConnection?: boolean | undefined;
  /** The first group of each match is a secret and is shown as `****`. Default {@link traceSecrets}. */
  readonly secrets?: readonly RegExp[] | undefined;
}

/** Lines of the common protocols that hold a secret. Those that are a secret and nothing else cannot be told apart. */
export const traceSecrets: readonly RegExp[] = [
  /^PASS (.+)$/i,
  /^AUTH \S+ (.+)$/i,
  /^\S+ (?:LOGIN \S+|AUTHENTICATE \S+) (.+)$/i,
  /^(?:Proxy-)?Authorization: (.+)$/i,
  /^(?:Set-)?Cookie: (.+)$/i,
];

/**
 * Writes events as RFCs write conversations: `C: ` before what the client says, `S: ` before what the server says, one
 * line of the protocol on each line; octets that are no text in hex.
 */
export function traceToText(print: (line: string) => void, options: TraceTextOptions = {}): TraceSink {
  return (event) => {
    const prefix = options.showConnection === true ? `[${event.connection}] ` : "";
    for (const line of describe(event, options)) print(`${prefix}${line}`);
  };
}

function describe(event: TraceEvent, options: TraceTextOptions): string[] {
  const us = event.side === "server" ? "S" : "C";
  const them = event.side === "server" ? "C" : "S";
  switch (event.type) {
    case "opened":
      return [`(opened: ${formatAddress(event.peer)} to ${formatAddress(event.local)})`];
    case "received":
      return linesOf(event.octets, options).map((line) => `${them}: ${line}`);
    case "sent":
      return linesOf(event.octets, options).map((line) => `${us}: ${line}`);
    case "received-end":
      return [`${them}: (ends)`];
    case "sent-end":
      return [`${us}: (ends)`];
    case "secured":
      return [`(secured: ${event.version})`];
    case "closed":
      return [event.error === undefined ? "(closed)" : `(closed: ${event.error.message})`];
    default:
      return event satisfies never;
  }
}

function linesOf(octets: Uint8Array, options: TraceTextOptions): string[] {
  const { linesMax = 20, lineCharactersMax = 256, secrets = traceSecrets } = options;
  const text = textOf(octets);
  const lines = text === undefined ? hexOf(octets) : text.replace(/\r?\n$/, "").split(/\r?\n/);
  const shown = lines.slice(0, linesMax).map((line) => cut(masked(line, secrets), lineCharactersMax));
  return lines.length <= linesMax ? shown : [...shown, `(and ${lines.length - linesMax} lines more)`];
}

/** Octets as text, when they are UTF-8 without control characters other than those of lines and tabs. */
function textOf(octets: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
    return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function hexOf(octets: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 16)
    lines.push(
      `<${Buffer.from(octets.subarray(at, at + 16))
        .toString("hex")
        .replace(/..(?=.)/g, "$& ")}>`,
    );
  return lines;
}

function masked(line: string, secrets: readonly RegExp[]): string {
  return secrets.reduce((text, secret) => {
    const [start, end] = new RegExp(secret, `${secret.flags.replace("d", "")}d`).exec(text)?.indices?.[1] ?? [];
    return start === undefined ? text : `${text.slice(0, start)}****${text.slice(end)}`;
  }, line);
}

function cut(line: string, charactersMax: number): string {
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line;
}
