import { SendmailError } from "./errors.ts";

/** How standard input is read. */
export interface SendmailInputOptions {
  /** A line with a dot alone ends the message, and what follows it is not read. */
  readonly dotEnds: boolean;
  readonly octetsMax: number;
}

/**
 * Reads a message to its end, one character for each octet, its lines ending with LF as programs write them or with CRLF.
 * @throws {SendmailError} `data` for more than `octetsMax` octets
 */
export async function readSendmailInput(
  input: AsyncIterable<Uint8Array>,
  { dotEnds, octetsMax }: SendmailInputOptions,
): Promise<string> {
  const pieces: string[] = [];
  let octets = 0;
  let tail = "\n"; // the octets before a chunk that a dot's line may begin in
  for await (const chunk of input) {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    octets += piece.length;
    if (octets > octetsMax)
      throw new SendmailError("data", `Cannot take the message: it has more than ${octetsMax} octets`);
    pieces.push(piece);
    if (dotEnds && dotLine.test(tail + piece)) break;
    tail = (tail + piece).slice(-tailLength);
  }
  const text = pieces.join("");
  if (!dotEnds) return text;
  const end = dotLine.exec(`\n${text}`);
  return end === null ? text : text.slice(0, end.index);
}

/** Lines end with CRLF, whatever ended them before: a CR or LF that stands alone could end the message elsewhere (RFC 5321 §2.3.8). */
export function withCrlf(text: string): string {
  const lines = text.includes("\r") ? text.replace(/\r+\n|\r/g, "\n") : text;
  const ended = lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
  return ended.replaceAll("\n", "\r\n");
}

/** A dot alone on a line that has ended, or on the last one. */
const dotLine = /\n\.\r?\n/;
/** As many characters as a line with a dot has before its last one. */
const tailLength = 3;
