import type { FileTree, OpenFile, Reactor } from "@hawser/core";
import { smtpReject } from "../../smtp/errors.ts";
import type { MailSpoolOptions } from "./options.ts";

/** Keeps messages until they are whole and known for what they are: small ones in memory, others in files of a folder. */
export class MailSpool {
  readonly #reactor: Pick<Reactor, "files" | "random">;
  readonly #options: MailSpoolOptions;
  #octets = 0;

  constructor(reactor: Pick<Reactor, "files" | "random">, options: MailSpoolOptions = {}) {
    this.#reactor = reactor;
    this.#options = options;
  }

  /** Octets of all messages that are in memory now. */
  get octets(): number {
    return this.#octets;
  }

  begin(): SpooledMail {
    const { folder, memoryOctetsMax = 1_048_576 } = this.#options;
    const place =
      folder === undefined
        ? undefined
        : { tree: this.#reactor.files(folder), name: Buffer.from(this.#reactor.random.bytes(12)).toString("hex") };
    return new SpooledMail((octets) => this.#reserve(octets), place, memoryOctetsMax);
  }

  /** @throws {SmtpReplyError} 452 when too much is in memory already */
  #reserve(octets: number): void {
    const { totalOctetsMax = 268_435_456 } = this.#options;
    if (octets > 0 && this.#octets + octets > totalOctetsMax)
      throw smtpReject("452 4.3.1 Too many messages are on their way, try again later");
    this.#octets += octets;
  }
}

/** One message while it comes; it may be read from the beginning as often as one likes, and is gone when it is disposed of. */
export class SpooledMail implements AsyncDisposable {
  readonly #reserve: (octets: number) => void;
  readonly #place: { readonly tree: FileTree; readonly name: string } | undefined;
  readonly #memoryOctetsMax: number;
  #chunks: Uint8Array[] = [];
  #inMemory = 0;
  #file: OpenFile | undefined;
  #inFile = 0;

  constructor(
    reserve: (octets: number) => void,
    place: { readonly tree: FileTree; readonly name: string } | undefined,
    memoryOctetsMax: number,
  ) {
    this.#reserve = reserve;
    this.#place = place;
    this.#memoryOctetsMax = memoryOctetsMax;
  }

  /** @returns what to wait for before the next */
  add(chunk: Uint8Array): void | Promise<void> {
    if (this.#file !== undefined) return this.#write(this.#file, chunk);
    this.#reserve(chunk.length);
    this.#chunks.push(chunk);
    this.#inMemory += chunk.length;
    if (this.#place !== undefined && this.#inMemory > this.#memoryOctetsMax) return this.#spill(this.#place);
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#chunks;
    for (let at = 0; this.#file !== undefined && at < this.#inFile; ) {
      const chunk = await this.#file.read(at, readOctets);
      yield chunk;
      at += chunk.length;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await file.close();
    await this.#place!.tree.remove([this.#place!.name]);
  }

  async #spill({ tree, name }: { readonly tree: FileTree; readonly name: string }): Promise<void> {
    const file = await tree.open([name], { write: true, create: "exclusive", mode: 0o600 });
    this.#file = file;
    for (const chunk of this.#chunks) await this.#write(file, chunk);
    this.#forget();
  }

  async #write(file: OpenFile, chunk: Uint8Array): Promise<void> {
    await file.write(this.#inFile, chunk);
    this.#inFile += chunk.length;
  }

  #forget(): void {
    this.#reserve(-this.#inMemory);
    this.#inMemory = 0;
    this.#chunks = [];
  }
}

const readOctets = 65_536;
