/** Counts CR and LF that stand alone in a message as it is sent, and finds its end. */
export class BareEndings {
  readonly #hasDots: boolean;
  /** The last octets before those that are read now: CRLF, dot and CR may come apart. */
  #tail = "\r\n";
  octets = 0;
  feeds = 0;
  returns = 0;
  /** The line of the first one, from 1. */
  firstLine: number | undefined;
  #lines = 1;

  /** @param hasDots false for chunks, whose end is counted */
  constructor(hasDots: boolean) {
    this.#hasDots = hasDots;
  }

  /** @returns how much was read, and whether the dot came that ends it */
  read(text: string): { readonly used: number; readonly isEnd: boolean } {
    const window = this.#tail + text;
    const begin = this.#tail.length;
    const found = this.#hasDots ? window.indexOf("\r\n.\r\n") : -1;
    const end = found === -1 ? window.length : found + 5;
    this.#count(window, begin, found === -1 ? end : found + 2);
    this.#tail = window.slice(Math.max(0, end - 4), end);
    const used = Math.max(0, end - begin);
    this.octets += found === -1 ? used : Math.max(0, used - 3);
    return { used, isEnd: found !== -1 };
  }

  /** A CR at the very end is looked at when what follows it is there. */
  #count(window: string, begin: number, end: number): void {
    for (let at = window.indexOf("\r", begin - 1); at !== -1 && at + 1 < end; at = window.indexOf("\r", at + 1))
      if (window[at + 1] !== "\n") this.#standsAlone("returns", window, begin, at);
    let lines = 0;
    for (let at = window.indexOf("\n", begin); at !== -1 && at < end; at = window.indexOf("\n", at + 1)) {
      if (window[at - 1] !== "\r") this.#standsAlone("feeds", window, begin, at);
      lines++;
    }
    this.#lines += lines;
  }

  #standsAlone(what: "feeds" | "returns", window: string, begin: number, at: number): void {
    this[what]++;
    if (this.firstLine !== undefined) return;
    this.firstLine = this.#lines + window.slice(begin, at).split("\n").length - 1;
  }
}
