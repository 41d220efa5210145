import { MailHeader, mimeHeaderOctetsMax } from "@hawser/mime";
import { smtpReject } from "../../smtp/errors.ts";

/** A message whose header is here, and whose body is still coming. */
export interface MailInTwo {
  readonly header: MailHeader;
  /** What stands behind the empty line: to be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  drop(): Promise<void>;
}

/**
 * Reads the header of a message, up to the first empty line. A message without one is all header.
 * @throws {SmtpReplyError} 552 for a header that nobody could mean
 */
export async function splitMail(content: AsyncIterable<Uint8Array>): Promise<MailInTwo> {
  const chunks = content[Symbol.asyncIterator]();
  const head = new MailHead();
  let rest: Uint8Array | undefined;
  try {
    for (let next = await chunks.next(); !next.done && rest === undefined; ) {
      rest = head.receive(next.value);
      if (rest === undefined) next = await chunks.next();
    }
  } catch (error) {
    await chunks.return?.();
    throw error;
  }
  const drop = async (): Promise<void> => void (await chunks.return?.());
  return { header: head.header, body: following(rest ?? new Uint8Array(), chunks), drop };
}

async function* following(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.length > 0) yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

/** Looks for the end of a header in chunks cut anywhere, at each octet once. */
class MailHead {
  readonly #chunks: Uint8Array[] = [];
  #octets = 0;
  /** The last octets that were seen, where an empty line may have begun. A message begins with a line. */
  #tail = "\n";
  #isOver = false;

  /** @returns what is of the body, once the header is over */
  receive(chunk: Uint8Array): Uint8Array | undefined {
    const text = this.#tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    const end = /\n\r?\n/.exec(text);
    const offset = text.length - chunk.length;
    const kept = end === null ? chunk : chunk.subarray(0, Math.max(0, end.index + 1 - offset));
    this.#keep(kept);
    this.#tail = text.slice(-2);
    this.#isOver = end !== null;
    return end === null ? undefined : chunk.subarray(Math.max(0, end.index + end[0].length - offset));
  }

  /** A CR of the empty line may be among the octets that were kept; it says nothing. */
  get header(): MailHeader {
    const octets = Buffer.concat(this.#chunks);
    const end = this.#isOver && octets.at(-1) === 13 ? octets.length - 1 : octets.length;
    return MailHeader.parse(octets.subarray(0, end));
  }

  #keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#octets += chunk.length;
    if (this.#octets > mimeHeaderOctetsMax) throw smtpReject("552 5.3.4 The header of the message is too large");
  }
}
