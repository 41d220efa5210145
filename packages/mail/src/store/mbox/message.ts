import type { MailFlag } from "../store.ts";
import type { MboxLines } from "./read.ts";

/** A message of an mbox. */
export interface MboxMail {
  /** Whom its first line names: an address, or `MAILER-DAEMON`. */
  readonly sender: string;
  /** Milliseconds since 1970, where its first line tells. */
  readonly receivedAt?: number | undefined;
  /** As `Status`, `X-Status` and `X-Keywords` told. */
  readonly flags: readonly MailFlag[];
  /** Its octets without these fields, lines ending with CRLF. */
  readonly content: Uint8Array;
}

/** Letters of `Status` and `X-Status`, as mutt, Dovecot and Pine write them. */
export const statusLetters: readonly (readonly [field: "Status" | "X-Status", letter: string, flag: MailFlag])[] = [
  ["Status", "R", "\\Seen"],
  ["X-Status", "A", "\\Answered"],
  ["X-Status", "F", "\\Flagged"],
  ["X-Status", "T", "\\Draft"],
  ["X-Status", "D", "\\Deleted"],
];

/** Fields that tell of the mbox, not of the message. */
const ownFields = /^(status|x-status|x-keywords|x-uid|x-imap|x-imapbase):/i;

/** Whether a line of a header begins a field that an mbox keeps for itself. */
export function isMboxField(line: string): boolean {
  return ownFields.test(line);
}

/** Makes a message of its lines. */
export function mboxMailOf({ lines, isCounted }: MboxLines): MboxMail {
  const [, sender, date] = /^From (\S+) *(.*?)\r?\n?$/.exec(lines[0]!.toString("latin1")) ?? [];
  const body = bodyLine(lines);
  const flags = new Set<MailFlag>();
  const kept: Buffer[] = [];
  let isOwn = false;
  for (const line of lines.slice(1, body)) {
    const text = line.toString("latin1");
    isOwn = /^[ \t]/.test(text) ? isOwn : isMboxField(text) || (isCounted && /^content-length:/i.test(text));
    if (isOwn) for (const flag of flagsIn(text)) flags.add(flag);
    else kept.push(line);
  }
  for (const line of withoutSeparator(lines.slice(body))) kept.push(isCounted ? line : unquoted(line));
  const receivedAt = Date.parse(`${date ?? ""} UTC`.replace(/ (UTC|GMT|[A-Z]{3,4}|[+-]\d{4}) UTC$/, " $1"));
  return {
    sender: sender ?? "MAILER-DAEMON",
    ...(Number.isFinite(receivedAt) && { receivedAt }),
    flags: [...flags],
    content: Buffer.concat(kept.map(withNetworkEnd)),
  };
}

/** The empty line behind the header, or the end. */
function bodyLine(lines: readonly Buffer[]): number {
  const at = lines.findIndex((line, i) => i > 0 && /^\r?\n$/.test(line.toString("latin1", 0, 3)));
  return at === -1 ? lines.length : at;
}

function flagsIn(field: string): readonly MailFlag[] {
  const [, name, value] = /^([^:]*):\s*(.*?)\s*$/s.exec(field) ?? [];
  if (name?.toLowerCase() === "x-keywords")
    return value!.split(/[\s,]+/).filter((keyword) => /^[\w$.-]{1,100}$/.test(keyword));
  return statusLetters
    .filter(([own, letter]) => own.toLowerCase() === name?.toLowerCase() && value!.includes(letter))
    .map(([, , flag]) => flag);
}

/** The empty line before the next message is not of this one; the one behind the header is. */
function withoutSeparator(lines: readonly Buffer[]): readonly Buffer[] {
  const isSeparated = lines.length > 1 && /^\r?\n$/.test(lines.at(-1)!.toString("latin1", 0, 3));
  return isSeparated ? lines.slice(0, -1) : lines;
}

function unquoted(line: Buffer): Buffer {
  return line[0] === 0x3e && /^>+From /.test(line.toString("latin1", 0, 1_000)) ? line.subarray(1) : line;
}

function withNetworkEnd(line: Buffer): Buffer {
  if (line.at(-1) !== 10 || line.at(-2) === 13) return line;
  return Buffer.concat([line.subarray(0, -1), Buffer.from("\r\n")]);
}
