import type { TransferCoder } from "./coder.ts";

/** Characters of a line, its soft break included (RFC 2045 §6.7 rule 5). */
const lineCharactersMax = 76;

/**
 * Writes text as quoted-printable: its line ends, CRLF or LF, become CRLF (RFC 2045 §6.7). A dot that begins a line and an F
 * before "rom " are written in hexadecimal, since transports change them (RFC 2049 §3).
 */
export function quotedPrintableEncoder(): TransferCoder {
  let kept = "";
  return {
    push(chunk) {
      const text = kept + Buffer.from(chunk).toString("latin1");
      const end = text.lastIndexOf("\n") + 1;
      kept = text.slice(end);
      return Buffer.from(quotedLines(text.slice(0, end)), "latin1");
    },
    end: () => Buffer.from(quotedLines(kept), "latin1"),
  };
}

function quotedLines(text: string): string {
  return text.replace(/([^\n]*?)(\r?\n|$)/g, (whole, line: string, end: string) =>
    whole === "" ? "" : quotedLine(line) + (end === "" ? "" : "\r\n"),
  );
}

function quotedLine(line: string): string {
  const escaped = line
    .replace(/[^\t -<>-~]/g, hexOf)
    .replace(/[\t ]$/, hexOf)
    .replace(/^\.|^F(?=rom )/, hexOf);
  return escaped.length <= lineCharactersMax ? escaped : softBroken(escaped);
}

/** No break falls into a character in hexadecimal. */
function softBroken(line: string): string {
  const parts: string[] = [];
  let at = 0;
  while (line.length - at > lineCharactersMax) {
    let end = at + lineCharactersMax - 1;
    if (line[end - 1] === "=") end -= 1;
    else if (line[end - 2] === "=") end -= 2;
    parts.push(`${line.slice(at, end)}=\r\n`);
    at = end;
  }
  return parts.join("") + line.slice(at);
}

function hexOf(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * Reads quoted-printable. White space at the end of a line was added on the way, and goes; an equals sign without its two
 * digits stays as it is (RFC 2045 §6.7). Lines end as they came.
 */
export function quotedPrintableDecoder(): TransferCoder {
  let kept = "";
  return {
    push(chunk) {
      const text = kept + Buffer.from(chunk).toString("latin1");
      const end = completeEnd(text);
      kept = text.slice(end);
      return unquoted(text.slice(0, end));
    },
    end: () => unquoted(kept.trimEnd()),
  };
}

/** A line whose end has not come is read only as far as nothing more can change it: no space and no equals sign at its end. */
function completeEnd(text: string): number {
  const lastLine = text.lastIndexOf("\n") + 1;
  const open = /[ \t\r]*(=[0-9A-Fa-f]?|=?[ \t\r]*)$/.exec(text.slice(Math.max(lastLine, text.length - openMax)));
  return open === null ? text.length : text.length - open[0].length;
}

/** Longer white space at the end of what has come is taken for text, so that nobody makes us wait for a line that never ends. */
const openMax = 1_024;

function unquoted(text: string): Uint8Array {
  const plain = text.replace(
    /=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)|[ \t]+(\r?\n)?/g,
    (found: string, hex: string | undefined, lineEnd: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return found.startsWith("=") ? "" : (lineEnd ?? found);
    },
  );
  return Buffer.from(plain, "latin1");
}
