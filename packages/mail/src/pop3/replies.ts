import type { Connection } from "@hawser/core";
import { Pop3ProtocolError, Pop3ReplyError } from "./errors.ts";
import { pop3ReplyOctetsMax } from "./limits.ts";
import type { Pop3ResponseCode } from "./words.ts";

const codes: readonly string[] = [
  "AUTH",
  "IN-USE",
  "LOGIN-DELAY",
  "SYS/PERM",
  "SYS/TEMP",
  "UTF8",
] satisfies Pop3ResponseCode[];

/** What stands behind `+OK`, or behind `+` where a server asks something. */
export type Pop3Reply =
  | { readonly type: "ok"; readonly text: string }
  | { readonly type: "challenge"; readonly data: string };

/** Reads one line of a reply. @throws {Pop3ReplyError} `-ERR`; {@link Pop3ProtocolError} what is no reply */
export async function readReply(peer: Connection, signal: AbortSignal): Promise<Pop3Reply> {
  const line = await peer.readLine({ octetsMax: pop3ReplyOctetsMax, signal });
  const [, kind, text = ""] = /^(\+OK|-ERR|\+)(?: +(.*))?$/.exec(line) ?? [];
  if (kind === "+OK") return { type: "ok", text };
  if (kind === "+") return { type: "challenge", data: text };
  if (kind === "-ERR") throw refusal(text);
  throw new Pop3ProtocolError("bad-reply", "Cannot read the reply: it begins with neither +OK nor -ERR", {
    section: "RFC 1939 §3",
  });
}

function refusal(text: string): Pop3ReplyError {
  const [, code, rest] = /^\[([^\]]+)\] *(.*)$/.exec(text) ?? [];
  if (code === undefined) return new Pop3ReplyError(text || "The server refuses");
  const known = codes.find((one) => one === code.toUpperCase()) as Pop3ResponseCode | undefined;
  return new Pop3ReplyError(rest || code, known);
}

/** The lines of a reply up to the dot, without their stuffing. */
export async function* readLines(
  peer: Connection,
  { octetsMax, deadline }: { readonly octetsMax: number; readonly deadline: () => AbortSignal },
): AsyncGenerator<string, void> {
  for (;;) {
    const line = await peer.readLine({ octetsMax, signal: deadline(), encoding: "latin1" });
    if (line === ".") return;
    yield line.startsWith(".") ? line.slice(1) : line;
  }
}
