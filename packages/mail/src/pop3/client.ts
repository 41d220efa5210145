import { type Connection, Semaphore, StateError } from "@hawser/core";
import type { Pop3ConnectOptions } from "./client-options.ts";
import { Pop3ProtocolError, Pop3ReplyError } from "./errors.ts";
import { readLines, readReply } from "./replies.ts";

/** A message in a list. */
export interface Pop3Listing {
  /** From 1, as long as this session lives. */
  readonly number: number;
  readonly octets: number;
  /** Names the message in every session; absent where the server has no UIDL. */
  readonly id?: string | undefined;
}

const replyTimeoutMsDefault = 60_000;
const lineOctetsMaxDefault = 1_048_576;

/** Lines of a list: a maildrop with more is not to be listed whole. */
const listLinesMax = 10_000_000;

/**
 * A session with a POP3 server. Commands may be given before others are answered: they go out at once where the server takes
 * that (PIPELINING), and are answered in their order. What was deleted goes with {@link quit}, which leaving the scope calls.
 *
 * ```ts no-run
 * await using mail = await connectPop3("tls:pop.example.org:995", { login: { user: "alice@example.org", password } });
 * for (const { number, octets } of await mail.list())
 *   for await (const chunk of mail.retrieve(number)) file.write(chunk);
 * ```
 */
export class Pop3Client implements AsyncDisposable {
  readonly #peer: Connection;
  readonly #options: Pop3ConnectOptions;
  /** Replies are read one at a time, in the order of the commands. */
  readonly #turns = new Semaphore(1);
  #capabilities: ReadonlyMap<string, readonly string[]> = new Map();
  #isOver = false;

  /** @internal */
  constructor(peer: Connection, options: Pop3ConnectOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  /** What the server said that it can do, by name, as it last did (RFC 2449 §5); none where it knows no `CAPA`. */
  get capabilities(): ReadonlyMap<string, readonly string[]> {
    return this.#capabilities;
  }

  /** How many messages there are, and their octets. @throws {Pop3ReplyError} */
  async stat(): Promise<{ readonly messageCount: number; readonly octets: number }> {
    const [, messageCount, octets] = /^(\d+) (\d+)/.exec(await this.#command("STAT")) ?? [];
    if (octets === undefined) throw badReply("STAT");
    return { messageCount: Number(messageCount), octets: Number(octets) };
  }

  /** Every message, with what names it in other sessions where the server can tell. @throws {Pop3ReplyError} */
  async list(): Promise<readonly Pop3Listing[]> {
    const [sizes, ids] = await Promise.all([this.#lines("LIST"), this.#lines("UIDL").catch(absent)]);
    const names = new Map(ids.map((line) => line.split(" ", 2) as [string, string]));
    return sizes.map((line) => {
      const [, number, octets] = /^(\d+) (\d+)/.exec(line) ?? [];
      if (number === undefined) throw badReply("LIST");
      const id = names.get(number);
      return { number: Number(number), octets: Number(octets), ...(id !== undefined && { id }) };
    });
  }

  /** The octets of a message, lines ending with CRLF, as they come. @throws {Pop3ReplyError} */
  retrieve(number: number): AsyncGenerator<Uint8Array, void> {
    return this.#content(`RETR ${wholeNumber(number)}`);
  }

  /** The header of a message, its empty line, and so many lines of its body. @throws {Pop3ReplyError} */
  top(number: number, lines: number): AsyncGenerator<Uint8Array, void> {
    return this.#content(`TOP ${wholeNumber(number)} ${wholeNumber(lines)}`);
  }

  /** Marks a message: it goes with {@link quit}. @throws {Pop3ReplyError} */
  async delete(number: number): Promise<void> {
    await this.#command(`DELE ${wholeNumber(number)}`);
  }

  /** Takes all marks back. @throws {Pop3ReplyError} */
  async reset(): Promise<void> {
    await this.#command("RSET");
  }

  /** Keeps the session alive. @throws {Pop3ReplyError} */
  async noop(): Promise<void> {
    await this.#command("NOOP");
  }

  /** Ends the session; what is marked goes. @throws {Pop3ReplyError} when some of it did not */
  async quit(): Promise<void> {
    if (this.#isOver) return;
    const said = this.#command("QUIT");
    this.#isOver = true;
    try {
      await said;
    } finally {
      await this.#peer.close();
    }
  }

  /** Ends the connection at once: nothing that was marked goes. */
  abort(reason?: Error): void {
    this.#isOver = true;
    this.#peer.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }

  /** @internal */
  async learnCapabilities(): Promise<void> {
    const lines = await this.#lines("CAPA").catch(absent);
    const words = lines.map((line) => line.toUpperCase().split(" ").filter(Boolean));
    this.#capabilities = new Map(words.map(([name = "", ...values]) => [name, values]));
  }

  /** @internal What was said after `+OK`, or what is asked. */
  converse(command: string): Promise<{ readonly type: "challenge" | "ok"; readonly text: string }> {
    return this.#turn(command, async () => {
      const reply = await this.#reply();
      return reply.type === "ok" ? reply : { type: "challenge", text: reply.data };
    });
  }

  #command(command: string): Promise<string> {
    return this.#turn(command, () => this.#ok());
  }

  #lines(command: string): Promise<readonly string[]> {
    return this.#turn(command, async () => {
      await this.#ok();
      const lines: string[] = [];
      for await (const line of this.#body()) {
        if (lines.push(line) > listLinesMax)
          throw new Pop3ProtocolError("too-long", "Cannot read the list: it does not end");
      }
      return lines;
    });
  }

  async *#content(command: string): AsyncGenerator<Uint8Array, void> {
    const { result: lines, release } = await this.#begin(command, async () => {
      await this.#ok();
      return this.#body();
    });
    try {
      for (let line = await lines.next(); line.done !== true; line = await lines.next())
        yield Buffer.from(`${line.value}\r\n`, "latin1");
    } finally {
      // Whoever does not want the rest must not be given it as the answer to something else.
      for (let rest = await lines.next(); rest.done !== true; rest = await lines.next());
      release();
    }
  }

  async #turn<Result>(command: string, read: () => Promise<Result>): Promise<Result> {
    const { result, release } = await this.#begin(command, read);
    release();
    return result;
  }

  /** Sends a command, now or when it is its turn, and reads what comes when it is. */
  async #begin<Result>(
    command: string,
    read: () => Promise<Result>,
  ): Promise<{ readonly result: Result; release(): void }> {
    if (this.#isOver) throw new StateError("Cannot send a command: the session is over");
    const sendsAtOnce = this.#capabilities.has("PIPELINING");
    if (sendsAtOnce) this.#send(command);
    const turn = await this.#turns.acquire();
    try {
      if (!sendsAtOnce) this.#send(command);
      return { result: await read(), release: () => turn.release() };
    } catch (error) {
      if (!(error instanceof Pop3ReplyError)) this.abort(error instanceof Error ? error : undefined);
      turn.release();
      throw error;
    }
  }

  #send(command: string): void {
    if (/[\r\n\0]/.test(command)) throw new TypeError("Cannot send a command of several lines");
    this.#peer.write(`${command}\r\n`);
  }

  async #ok(): Promise<string> {
    const reply = await this.#reply();
    if (reply.type === "ok") return reply.text;
    throw new Pop3ProtocolError("bad-reply", "Cannot go on: the server asks something where nothing was to be asked");
  }

  #reply(): ReturnType<typeof readReply> {
    return readReply(this.#peer, this.#deadline);
  }

  #body(): AsyncGenerator<string, void> {
    const { lineOctetsMax: octetsMax = lineOctetsMaxDefault } = this.#options;
    return readLines(this.#peer, { octetsMax, deadline: () => this.#deadline });
  }

  get #deadline(): AbortSignal {
    return this.#peer.reactor.clock.deadline(this.#options.replyTimeoutMs ?? replyTimeoutMsDefault);
  }
}

/** A server need not know a command that only tells more. */
function absent(error: unknown): readonly string[] {
  if (error instanceof Pop3ReplyError) return [];
  throw error;
}

function badReply(command: string): Pop3ProtocolError {
  return new Pop3ProtocolError("bad-reply", `Cannot read the reply to ${command}`, { section: "RFC 1939 §5" });
}

function wholeNumber(number: number): number {
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`Cannot ask for message or lines ${number}`);
}
