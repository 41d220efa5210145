import { quote } from "@hawser/core";

/** A line that a client says, taken apart. */
export interface SmtpCommandLine {
  /** In capitals. */
  readonly verb: string;
  readonly argument: string;
}

/** Reads a line without its CRLF, one octet a character. `undefined`: it is no command, or no UTF-8 (RFC 6531 §3.7). */
export function readCommandLine(line: string): SmtpCommandLine | undefined {
  if (plainCommand.test(line)) return partsOf(line);
  const text = /[\x80-\xff]/.test(line) ? utf8Of(line) : line;
  if (text === undefined || !/^[A-Za-z]{1,16}(?: |$)/.test(text) || /[\x00-\x08\x0a-\x1f\x7f]/.test(text))
    return undefined;
  return partsOf(text.trimEnd());
}

function partsOf(text: string): SmtpCommandLine {
  const space = text.indexOf(" ");
  if (space === -1) return { verb: text.toUpperCase(), argument: "" };
  return { verb: text.slice(0, space).toUpperCase(), argument: text.slice(space + 1) };
}

/**
 * Writes a command as octets, one per character.
 * @throws {TypeError} when CR, LF or NUL would let it say more than one command
 */
export function formatCommandLine(verb: string, argument: string = ""): string {
  if (/[\r\n\0]/.test(argument))
    throw new TypeError(`Cannot write the argument ${quote(argument)}: it has CR, LF or NUL inside`);
  const text = argument === "" ? verb : `${verb} ${argument}`;
  return `${/[^\x01-\x7f]/.test(text) ? Buffer.from(text).toString("latin1") : text}\r\n`;
}

/** What nearly everybody says: saves the long way for the rest. */
const plainCommand = /^[A-Za-z]{1,16}(?: [ -~]*[!-~])?$/;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function utf8Of(line: string): string | undefined {
  try {
    return strictUtf8.decode(Buffer.from(line, "latin1"));
  } catch {
    return undefined;
  }
}
