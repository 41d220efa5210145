import { SmtpClientError, SmtpOutcomeError, SmtpReplyError } from "../errors.ts";
import { SmtpDataWriter } from "../wire/data-writer.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode, type SmtpKind } from "../words.ts";
import type { SmtpChannel } from "./channel.ts";
import type { SmtpPlan } from "./message.ts";

/** What became of one recipient. */
export interface SmtpRecipientResult {
  readonly address: string;
  readonly reply: SmtpReply;
}

/** A message was accepted, for some recipients at least. */
export interface SmtpSendResult {
  /** What the server said to the message; with LMTP to its first recipient. */
  readonly reply: SmtpReply;
  readonly accepted: readonly SmtpRecipientResult[];
  /** Those who were refused: the message does not go to them. */
  readonly rejected: readonly SmtpRecipientResult[];
}

/** Every recipient was refused, each with its reply; the error itself is the first one. */
export class SmtpRecipientsError extends SmtpReplyError {
  readonly rejected: readonly SmtpRecipientResult[];

  constructor(rejected: readonly SmtpRecipientResult[]) {
    super(rejected[0]!.reply);
    this.rejected = rejected;
  }
}

/** How a message is sent. */
export interface TransactionOptions {
  readonly kind: SmtpKind;
  /** Commands go together (RFC 2920). */
  readonly isPipelined: boolean;
  /** The content goes in chunks (RFC 3030). */
  readonly isChunked: boolean;
}

/** One message over a channel: MAIL, RCPT, and its content. */
export class SmtpClientTransaction {
  readonly #channel: SmtpChannel;
  readonly #plan: SmtpPlan;
  readonly #options: TransactionOptions;
  /** The last octets are out and an answer is still to come: nobody knows what becomes of the message. */
  #isUncertain = false;
  /** The server has a message that is not complete. */
  isOpen = false;

  constructor(channel: SmtpChannel, plan: SmtpPlan, options: TransactionOptions) {
    this.#channel = channel;
    this.#plan = plan;
    this.#options = options;
  }

  async run(): Promise<SmtpSendResult> {
    try {
      return await this.#run();
    } catch (error) {
      // What the server has said it has said; what is lost after the last octet may have been accepted (RFC 1047).
      if (this.#isUncertain && !(error instanceof SmtpReplyError && !this.#channel.isOver))
        throw new SmtpOutcomeError(error);
      throw error;
    }
  }

  async #run(): Promise<SmtpSendResult> {
    const { isPipelined, isChunked } = this.#options;
    const channel = this.#channel;
    const mail = channel.ask("MAIL", this.#plan.mail);
    if (!isPipelined) this.#opened(await mail);
    const asked: Promise<SmtpReply>[] = [];
    for (const { argument } of this.#plan.recipients) {
      asked.push(channel.ask("RCPT", argument));
      if (!isPipelined) await asked.at(-1);
    }
    const data = isPipelined && !isChunked ? channel.ask("DATA") : undefined;
    const opened = await mail;
    const replies = await Promise.all(asked);
    if (opened.code >= 300) return this.#giveUp(data, new SmtpReplyError(refusalOf(opened)));
    this.isOpen = true;
    const { accepted, rejected } = this.#sort(replies);
    if (accepted.length === 0) return this.#giveUp(data, new SmtpRecipientsError(rejected));
    const finals = isChunked ? await this.#sendChunks(accepted.length) : await this.#sendData(data, accepted.length);
    this.isOpen = false;
    return this.#conclude(accepted, rejected, finals);
  }

  #opened(reply: SmtpReply): void {
    if (reply.code >= 300) throw new SmtpReplyError(refusalOf(reply));
    this.isOpen = true;
  }

  #sort(replies: readonly SmtpReply[]): { accepted: SmtpRecipientResult[]; rejected: SmtpRecipientResult[] } {
    const results = replies.map((reply, i) => ({ address: this.#plan.recipients[i]!.address, reply }));
    return {
      accepted: results.filter(({ reply }) => reply.code < 300),
      rejected: results
        .filter(({ reply }) => reply.code >= 300)
        .map((one) => ({ ...one, reply: refusalOf(one.reply) })),
    };
  }

  /** A server that asks for the content of a message for nobody gets none (RFC 2920 §3.1). */
  async #giveUp(data: Promise<SmtpReply> | undefined, error: SmtpReplyError): Promise<never> {
    if (data !== undefined && (await data).code === SmtpCode.startContent) {
      await this.#channel.endContent(Buffer.from(".\r\n"), 1)[0];
      this.isOpen = false;
    }
    throw error;
  }

  async #sendData(asked: Promise<SmtpReply> | undefined, recipients: number): Promise<readonly SmtpReply[]> {
    const reply = await (asked ?? this.#channel.ask("DATA"));
    if (reply.code !== SmtpCode.startContent) throw new SmtpReplyError(refusalOf(reply));
    const writer = new SmtpDataWriter(true);
    for await (const chunk of piecesOf(this.#plan.content)) {
      for (const piece of this.#fit(writer, chunk)) {
        const room = this.#channel.content(piece);
        if (room !== undefined) await room;
      }
    }
    return this.#finals(this.#channel.endContent(writer.end(), this.#replies(recipients)));
  }

  async #sendChunks(recipients: number): Promise<readonly SmtpReply[]> {
    const writer = this.#plan.body === "BINARYMIME" ? undefined : new SmtpDataWriter(false);
    let pieces: Uint8Array[] = [];
    let octets = 0;
    for await (const chunk of piecesOf(this.#plan.content)) {
      pieces.push(...(writer === undefined ? [chunk] : this.#fit(writer, chunk)));
      octets += chunk.length;
      if (octets < chunkOctets) continue;
      await this.#sendChunk(pieces);
      pieces = [];
      octets = 0;
    }
    if (writer !== undefined) pieces.push(writer.end());
    return this.#finals(this.#channel.chunk(pieces, true, this.#replies(recipients)));
  }

  async #sendChunk(pieces: readonly Uint8Array[]): Promise<void> {
    const [reply] = this.#channel.chunk(pieces, false, 1);
    await this.#channel.room();
    const said = await reply!;
    if (said.code >= 300) throw new SmtpReplyError(refusalOf(said));
  }

  #fit(writer: SmtpDataWriter, chunk: Uint8Array): readonly Uint8Array[] {
    const pieces = writer.write(chunk);
    if (!writer.isEightBit || this.#plan.isEightBit) return pieces;
    // A message that was begun cannot be taken back; only the connection can be.
    const error = new SmtpClientError(
      "needs-8bitmime",
      "Cannot send the message: it has octets beyond US-ASCII, and was said to have none",
    );
    this.#channel.abort(error);
    throw error;
  }

  #replies(recipients: number): number {
    return this.#options.kind === "lmtp" ? recipients : 1;
  }

  async #finals(replies: readonly Promise<SmtpReply>[]): Promise<readonly SmtpReply[]> {
    this.#isUncertain = true;
    const finals = await Promise.all(replies);
    this.#isUncertain = false;
    return finals;
  }

  #conclude(
    taken: readonly SmtpRecipientResult[],
    refused: readonly SmtpRecipientResult[],
    finals: readonly SmtpReply[],
  ): SmtpSendResult {
    const results = taken.map(({ address }, i) => ({ address, reply: finals[this.#options.kind === "lmtp" ? i : 0]! }));
    const accepted = results.filter(({ reply }) => reply.code < 300);
    const failed = results
      .filter(({ reply }) => reply.code >= 300)
      .map((one) => ({ ...one, reply: refusalOf(one.reply) }));
    const rejected = [...refused, ...failed];
    if (accepted.length > 0) return { reply: accepted[0]!.reply, accepted, rejected };
    throw this.#options.kind === "lmtp" ? new SmtpRecipientsError(rejected) : new SmtpReplyError(failed[0]!.reply);
  }
}

/** A no, whatever it was said with: 3xx where nothing is asked for is none of the answers there are (RFC 5321 §4.3.2). */
function refusalOf(reply: SmtpReply): SmtpReply {
  return reply.code >= 400 ? reply : { code: SmtpCode.localError, lines: [`Unexpected ${reply.code}`] };
}

function piecesOf(content: SmtpPlan["content"]): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return content instanceof Uint8Array ? [content] : content;
}

/** Octets of one BDAT: enough that its answer costs nothing, few enough to be held. */
const chunkOctets = 262_144;
