import { type LogLevel, syslogSeverity } from "./levels.ts";
import { printableText } from "./printable.ts";

/** What a syslog message says beside its text. */
export interface SyslogOrigin {
  readonly host: string;
  readonly program: string;
  readonly pid: number;
}

/** `daemon`, for which most systems have a file of its own (RFC 5424 §6.2.1). */
const facility = 3;

/** RFC 5424 §6.1: every receiver takes 2,048 octets; more may be cut by it, so we cut ourselves. */
const messageOctetsMax = 2_048;

/** `<PRI>` of a level (RFC 5424 §6.2.1). */
export function syslogPriority(level: LogLevel): string {
  return `<${facility * 8 + syslogSeverity(level)}>`;
}

/** One message (RFC 5424 §6) without structured data: `<30>1 2026-11-26T12:03:04.123Z host hawser 71 - - text`. */
export function formatSyslog(origin: SyslogOrigin, level: LogLevel, wallMs: number, text: string): Uint8Array {
  const time = new Date(wallMs).toISOString();
  const [host, program] = [header(origin.host, 255), header(origin.program, 48)];
  const line = `${syslogPriority(level)}1 ${time} ${host} ${program} ${origin.pid} - - ${syslogText(text)}`;
  return cutUtf8(line, messageOctetsMax);
}

/** RFC 6587 §3.4.1: over a stream each message comes after its length, so that nothing in it can end it early. */
export function frameSyslog(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** A text on one line; lines of a stack are parted visibly. */
export function syslogText(text: string): string {
  return printableText(text.trimEnd()).replace(/\n\s*/g, " | ");
}

/** Printable US-ASCII without spaces (RFC 5424 §6); `-` when there is nothing. */
function header(text: string, length: number): string {
  return text.replace(/[^\x21-\x7e]/g, "").slice(0, length) || "-";
}

/** Cuts between characters. */
function cutUtf8(text: string, octetsMax: number): Uint8Array {
  const octets = Buffer.from(text);
  if (octets.length <= octetsMax) return octets;
  let end = octetsMax;
  while ((octets[end]! & 0xc0) === 0x80) end -= 1;
  return octets.subarray(0, end);
}
