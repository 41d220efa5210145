import { formatAddress } from "../address.ts";
import type { ConnectionSide } from "../memory/medium.ts";
import { formatTranscript, type TranscriptSpeaker } from "../transcript-notation.ts";
import type { WorldEvent, WorldTrace } from "./world-event.ts";

/**
 * A trace for people: virtual milliseconds, the connection's number, and what happened; octets in the notation of
 * transcripts (`C: …` for a whole line, `C| …` for a piece of one).
 */
export function traceText(trace: WorldTrace): string {
  const lines = trace.events.flatMap((event) => eventLines(event).map((line) => `${timeOf(event)} ${line}`));
  if (trace.cutShort) lines.push("… the trace was full here");
  return lines.map((line) => `${line}\n`).join("");
}

function eventLines(event: WorldEvent): string[] {
  switch (event.type) {
    case "connect":
      return [`#${event.connection} ${formatAddress(event.client)} connects to ${formatAddress(event.server)}`];
    case "accept":
      return [`#${event.connection} is accepted`];
    case "octets":
      return formatTranscript(speaker(event.from), event.chunk).map((line) => `#${event.connection} ${cut(line)}`);
    case "end":
      return [`#${event.connection} ${speaker(event.from)}: (closes)`];
    case "reset":
      return [`#${event.connection} ${speaker(event.from)}: (resets)`];
    case "timed-out":
      return [`#${event.connection} ${speaker(event.side)}: (gives up)`];
    case "datagram":
      return [`${datagramWay(event)}: ${datagramText(event.payload)}`];
    case "datagram-lost":
      return [`${datagramWay(event)} (lost): ${datagramText(event.payload)}`];
    case "note":
      return [`-- ${event.text}`];
    default:
      return event satisfies never;
  }
}

function timeOf({ at }: WorldEvent): string {
  return at.toFixed(3).padStart(12);
}

function speaker(side: ConnectionSide): TranscriptSpeaker {
  return side === "client" ? "C" : "S";
}

function datagramWay({ from, to }: Extract<WorldEvent, { readonly type: "datagram" | "datagram-lost" }>): string {
  return `${formatAddress(from)} > ${formatAddress(to)}`;
}

function datagramText(payload: Uint8Array): string {
  return cut(Buffer.from(payload).toString("hex"));
}

const lineCharactersMax = 160;

function cut(line: string): string {
  if (line.length <= lineCharactersMax) return line;
  return `${line.slice(0, lineCharactersMax)}… (${line.length - lineCharactersMax} characters more)`;
}
