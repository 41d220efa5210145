import { EndpointError } from "./error.ts";
import type { EndpointKind } from "./kind.ts";

/** `exec:/usr/sbin/sendmail -bs`: a child's standard input and output. No shell is involved. */
export interface ExecEndpoint {
  readonly type: "exec";
  readonly program: string;
  readonly arguments: readonly string[];
}

/**
 * The pipes of a child process, to connect through. Words are separated by spaces; `'…'` and `"…"` keep them, and `\`
 * makes the next character ordinary. The child is killed when the connection is gone.
 */
export const execEndpoint: EndpointKind<ExecEndpoint> = {
  type: "exec",

  read({ text, start, isUrl }) {
    const span = { offset: start, length: Math.max(1, text.length - start) };
    if (isUrl) throw new EndpointError("bad-syntax", text, { offset: 0, length: text.length }, "exec: has no URL form");
    const words = splitWords(text.slice(start));
    if (words === undefined) throw new EndpointError("bad-syntax", text, span, "a quotation is not closed");
    const [program, ...rest] = words;
    if (!program) throw new EndpointError("missing-parameter", text, span, "the program is missing");
    return { type: "exec", program, arguments: rest };
  },

  write: ({ program, arguments: rest }) => `exec:${[program, ...rest].map(quoteWord).join(" ")}`,

  async connect({ program, arguments: rest }, { reactor, signal }) {
    const child = await reactor.processes.spawn(program, { arguments: rest });
    child.transport.whenClosed(() => child.kill());
    if (signal.aborted) child.transport.abort(signal.reason);
    signal.throwIfAborted();
    return child.transport;
  },
};

/** One piece of a word: an escaped character, a quotation, or plain characters. */
const piece = /\\([\s\S])|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|([^\s\\'"]+)/y;

function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(text.slice(at))![0].length;
    if (at === text.length) return words;
    let word = "";
    for (piece.lastIndex = at; at < text.length && !/\s/.test(text[at]!); at = piece.lastIndex) {
      const found = piece.exec(text);
      if (found === null) return undefined;
      const [, escaped, single, double, plain] = found;
      word += escaped ?? single ?? double?.replace(/\\([\s\S])/g, "$1") ?? plain;
    }
    words.push(word);
  }
}

function quoteWord(word: string): string {
  if (word.includes("\0")) throw new TypeError("Cannot write an endpoint with a NUL in an argument");
  return /^[^\s\\'"]+$/.test(word) ? word : `"${word.replace(/[\\"]/g, "\\$&")}"`;
}
