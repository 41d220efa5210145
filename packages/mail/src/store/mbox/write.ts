import type { MailFolder, StoredMail } from "../store.ts";
import { isMboxField, statusLetters } from "./message.ts";
import { readAddressFrom } from "./sender.ts";

/**
 * All messages of a folder as an mbox of the kind mboxrd: every line that begins with `From ` behind any number of `>` gets one more, so that
 * {@link readMbox} gives back what was. Flags go into `Status`, `X-Status` and `X-Keywords`; lines end with LF. A message that does not end
 * with a line end gets one.
 */
export async function* exportMbox(folder: MailFolder): AsyncGenerator<Uint8Array, void> {
  for (const message of folder.messages) {
    try {
      yield* exportMail(folder, message);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "no-message") throw error; // expunged meanwhile
    }
  }
}

async function* exportMail(folder: MailFolder, message: StoredMail): AsyncGenerator<Uint8Array, void> {
  const { header } = await folder.structure(message.uid);
  yield Buffer.from(`From ${readAddressFrom(header)} ${asctime(message.receivedAt)}\n`);
  const lines = new MboxLinesWriter(statusFields(message));
  for await (const piece of folder.read(message.uid)) yield lines.write(piece);
  yield lines.end();
}

/** Status fields stand at the beginning, where nobody's signature covers them. */
function statusFields({ flags }: StoredMail): string {
  const lettersOf = (own: string): string =>
    statusLetters.flatMap(([field, letter, flag]) => (field === own && flags.has(flag) ? letter : [])).join("");
  const keywords = [...flags].filter((flag) => !flag.startsWith("\\"));
  const fields = [`Status: ${lettersOf("Status")}O\n`];
  if (lettersOf("X-Status") !== "") fields.push(`X-Status: ${lettersOf("X-Status")}\n`);
  if (keywords.length > 0) fields.push(`X-Keywords: ${keywords.join(" ")}\n`);
  return fields.join("");
}

/** Turns the lines of a message into those of an mbox, piece by piece. */
class MboxLinesWriter {
  #rest: Buffer = Buffer.alloc(0);
  #first: string;
  #isHeader = true;
  #isOwn = false;

  constructor(first: string) {
    this.#first = first;
  }

  write(piece: Uint8Array): Uint8Array {
    const all = Buffer.concat([this.#rest, piece]);
    const end = all.lastIndexOf(10) + 1;
    this.#rest = all.subarray(end);
    return this.#lines(all.subarray(0, end));
  }

  end(): Uint8Array {
    const last =
      this.#rest.length > 0
        ? this.#lines(Buffer.concat([this.#rest, Buffer.from("\n")]))
        : Buffer.from(this.#takeFirst());
    return Buffer.concat([last, Buffer.from(this.#isHeader ? "\n\n" : "\n")]);
  }

  #lines(octets: Buffer): Buffer {
    const lines: Buffer[] = [Buffer.from(this.#takeFirst())];
    for (let at = 0; at < octets.length; ) {
      const end = octets.indexOf(10, at) + 1;
      const line = octets.subarray(at, end);
      if (this.#isWritten(line)) lines.push(...quoted(line));
      at = end;
    }
    return Buffer.concat(lines);
  }

  #takeFirst(): string {
    const first = this.#first;
    this.#first = "";
    return first;
  }

  /** Fields of another mbox are left out. */
  #isWritten(line: Buffer): boolean {
    if (!this.#isHeader) return true;
    const text = line.toString("latin1", 0, 40);
    if (/^\r?\n/.test(text)) this.#isHeader = false;
    this.#isOwn = /^[ \t]/.test(text) ? this.#isOwn : isMboxField(text);
    return !this.#isOwn || !this.#isHeader;
  }
}

function quoted(line: Buffer): readonly Buffer[] {
  const ended = line.at(-2) === 13 ? [line.subarray(0, -2), lineFeed] : [line];
  const mayBeFrom = line[0] === 0x46 || line[0] === 0x3e;
  return mayBeFrom && /^>*From /.test(line.toString("latin1", 0, 1_000)) ? [Buffer.from(">"), ...ended] : ended;
}

/** `Sat Jan  3 01:05:34 1996` in UTC, as RFC 4155 wants it. */
export function asctime(time: number): string {
  const [day, date, month, year, clock] = new Date(time).toUTCString().split(" ") as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `${day.slice(0, 3)} ${month} ${String(Number(date)).padStart(2, " ")} ${clock} ${year}`;
}

const lineFeed = Buffer.from("\n");
