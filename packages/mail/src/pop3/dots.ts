const dot = 46;
const lineFeed = 10;
const carriageReturn = 13;

/**
 * Writes a multi-line reply: a dot that begins a line is doubled, and the end is a dot by itself (RFC 1939 §3). Lines must
 * end with CRLF already.
 */
export class DotStuffer {
  #atLineStart = true;
  #afterReturn = false;

  push(chunk: Uint8Array): Uint8Array {
    if (chunk.length === 0) return chunk;
    const places = this.#dotsAt(chunk);
    if (places.length === 0) return chunk;
    const stuffed = Buffer.allocUnsafeSlow(chunk.length + places.length);
    let from = 0;
    for (const [i, place] of places.entries()) {
      stuffed.set(chunk.subarray(from, place), from + i);
      stuffed[place + i] = dot;
      from = place;
    }
    stuffed.set(chunk.subarray(from), from + places.length);
    return stuffed;
  }

  /** A last line without an end gets one. */
  end(): Uint8Array {
    return Buffer.from(this.#atLineStart ? ".\r\n" : "\r\n.\r\n");
  }

  /** Where dots begin lines. */
  #dotsAt(chunk: Uint8Array): readonly number[] {
    const places: number[] = [];
    let lineStart = this.#atLineStart ? 0 : nextLine(chunk, 0, this.#afterReturn);
    for (; lineStart !== -1 && lineStart < chunk.length; lineStart = nextLine(chunk, lineStart, false))
      if (chunk[lineStart] === dot) places.push(lineStart);
    this.#atLineStart = lineStart === chunk.length;
    this.#afterReturn = chunk.at(-1) === carriageReturn;
    return places;
  }
}

/** The place behind the next CRLF; -1: there is none. */
function nextLine(chunk: Uint8Array, from: number, afterReturn: boolean): number {
  for (let at = chunk.indexOf(lineFeed, from); at !== -1; at = chunk.indexOf(lineFeed, at + 1))
    if (at === 0 ? afterReturn : chunk[at - 1] === carriageReturn) return at + 1;
  return -1;
}
