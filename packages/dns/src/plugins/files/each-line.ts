import { quote, type Reactor } from "@hawser/core";
import { filePlace } from "./file-place.ts";

/** So much is read and taken at a time; in between, others have their turn. */
const chunkOctets = 65_536;

/** Characters of a line: longer ones are passed over, since no name is so long. */
const lineCharactersMax = 16_384;

/**
 * Reads a file of any size line by line, without ever having the whole of it in memory.
 *
 * @throws {FileError} when it cannot be read
 * @throws {RangeError} when it is larger than `octetsMax`
 */
export async function eachLine(
  reactor: Reactor,
  path: string,
  octetsMax: number,
  take: (line: string) => void,
): Promise<void> {
  const place = filePlace(reactor, path);
  await using file = await place.tree.open(place.path);
  const lines = new LineSplitter(take);
  for (let at = 0; ; ) {
    const chunk = await file.read(at, chunkOctets);
    if (chunk.length === 0) break;
    at += chunk.length;
    if (at > octetsMax) throw new RangeError(`Cannot read ${quote(path)}: it has more than ${octetsMax} octets`);
    lines.add(chunk);
  }
  lines.end();
}

class LineSplitter {
  readonly #take: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #isTooLong = false;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  add(chunk: Uint8Array): void {
    this.#split(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.#split(`${this.#decoder.decode()}\n`);
  }

  #split(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (!this.#isTooLong) this.#take(line);
      this.#isTooLong = false;
    }
    if (this.#rest.length <= lineCharactersMax) return;
    this.#rest = "";
    this.#isTooLong = true;
  }
}
