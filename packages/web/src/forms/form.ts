import { tooLarge } from "./errors.ts";
import { type HttpFormOptions, readForm } from "./form-data.ts";

/** A file of a form, kept in memory. */
export interface HttpFormFile {
  readonly name: string;
  /** Whatever the peer likes: see {@link safeFileName}. Empty when the user chose no file. */
  readonly filename: string;
  /** What the peer calls the content; do not believe it. */
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** How a form is read into memory. */
export interface CollectFormOptions extends HttpFormOptions {
  /** All values and files together. Default 16 MiB. */
  readonly memoryOctetsMax?: number | undefined;
}

/** A small form as a whole. */
export class HttpForm {
  readonly #values = new Map<string, string[]>();
  readonly #files: HttpFormFile[] = [];

  /** The first value of a field. */
  get(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** Every value of a field, in the order they were sent. */
  getAll(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Says whether a field was sent. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The names of the fields, each once, in the order they first came. */
  names(): string[] {
    return [...this.#values.keys()];
  }

  /** The first file that was sent under a name. */
  file(name: string): HttpFormFile | undefined {
    return this.#files.find((file) => file.name === name);
  }

  /** All files, in the order they were sent. */
  get files(): readonly HttpFormFile[] {
    return this.#files;
  }

  /** Adds a value to a field. */
  append(name: string, value: string): void {
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [value]);
    else values.push(value);
  }

  /** Adds a file. */
  appendFile(file: HttpFormFile): void {
    this.#files.push(file);
  }
}

/**
 * Reads a whole form into memory. For large files use {@link readForm}, which passes them on.
 * @throws {HttpFormError} as {@link readForm}; `too-large` beyond `memoryOctetsMax`
 */
export async function collectForm(
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  options: CollectFormOptions = {},
): Promise<HttpForm> {
  const form = new HttpForm();
  const room = new MemoryRoom(options.memoryOctetsMax ?? 16 << 20);
  for await (const entry of readForm(body, contentType, options)) {
    if (entry.type === "field") {
      room.take(entry.name.length + entry.value.length);
      form.append(entry.name, entry.value);
      continue;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.content) {
      room.take(chunk.length);
      chunks.push(chunk);
    }
    form.appendFile({
      name: entry.name,
      filename: entry.filename,
      contentType: entry.contentType,
      content: Buffer.concat(chunks),
    });
  }
  return form;
}

class MemoryRoom {
  readonly #octetsMax: number;
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  take(octets: number): void {
    this.#octets += octets;
    if (this.#octets > this.#octetsMax) throw tooLarge("octets in memory", this.#octetsMax);
  }
}
