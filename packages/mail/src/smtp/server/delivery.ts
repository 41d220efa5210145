import { ConnectionError, StateError } from "@hawser/core";
import type { LmtpBackend, SmtpBackend, SmtpEnvelope, SmtpVerdict } from "../backend.ts";
import { SmtpReplyError } from "../errors.ts";
import { replyWith } from "../extension.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";
import type { BackendTimer } from "./backend-timer.ts";
import { SmtpContentStream } from "./content-stream.ts";
import { HopCounter } from "./hops.ts";
import { receivedField } from "./received.ts";
import type { SmtpServerSession } from "./session.ts";
import type { SmtpServerSettings } from "./settings.ts";
import { smtpReplyFor } from "./verdicts.ts";

type Result = string | undefined | readonly SmtpVerdict[];
type Outcome = { readonly value: Result } | { readonly error: unknown };

/** One message on its way to the backend, which works while the octets come. */
export class SmtpDelivery {
  readonly #settings: SmtpServerSettings;
  readonly #session: SmtpServerSession;
  readonly #envelope: SmtpEnvelope;
  readonly #id: string;
  readonly #stream: SmtpContentStream;
  readonly #hops = new HopCounter();
  #outcome: Outcome | undefined;
  #heard: ((outcome: Outcome) => void) | undefined;

  constructor(settings: SmtpServerSettings, session: SmtpServerSession, envelope: SmtpEnvelope, number: number) {
    this.#settings = settings;
    this.#session = session;
    this.#envelope = envelope;
    this.#id = `${session.id}.${number}`;
    this.#stream = new SmtpContentStream(settings.limits.bufferedOctetsMax);
    if (settings.addReceived) void this.#stream.push(this.#received());
    this.#begin();
  }

  /** Takes octets. @returns what to wait for before the next */
  push(chunk: Uint8Array): Promise<void> | undefined {
    this.#hops.see(chunk);
    return this.#stream.push(chunk);
  }

  /** The message will not be completed. */
  cancel(error: Error): void {
    this.#stream.finish(error);
  }

  /** The content is complete: what the client is to hear. */
  finish(timer: BackendTimer): Promise<readonly SmtpReply[]> {
    if (this.#hops.count > this.#settings.limits.hopsMax) {
      this.cancel(new StateError("Cannot take the message: it goes in a circle"));
      return Promise.resolve(this.#forEach(circleReply));
    }
    this.#stream.finish();
    if (this.#outcome !== undefined) return Promise.resolve(this.#repliesFor(this.#outcome));
    return new Promise((resolve) => {
      this.#heard = (outcome) => {
        timer.stop();
        resolve(this.#repliesFor(outcome));
      };
      timer.start((error) => this.#end({ error }));
    });
  }

  /** The backend may give its result at once or later, and fail in as many ways. */
  #begin(): void {
    const { backend } = this.#settings;
    try {
      const value = (backend as LmtpBackend & SmtpBackend).message(this.#envelope, this.#stream, this.#session);
      Promise.resolve(value as Result | Promise<Result>).then(
        (given) => this.#end({ value: given }),
        (error: unknown) => this.#end({ error }),
      );
    } catch (error) {
      this.#end({ error });
    }
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return; // it came too late
    this.#outcome = outcome;
    this.#stream.drop(); // the client is not held back for somebody who reads no more
    this.#heard?.(outcome);
  }

  /** A backend that let a cut message pass for whole has not been asked yet; one that failed for the cut is not to blame. */
  #repliesFor(outcome: Outcome): readonly SmtpReply[] {
    if ("error" in outcome) return this.#forEach(smtpReplyFor(outcome.error));
    const { value } = outcome;
    if (typeof value !== "object" || value === null)
      return this.#forEach(replyWith(SmtpCode.ok, "2.0.0", value ?? `Accepted as ${this.#id}`));
    if (value.length !== this.#envelope.to.length || this.#settings.kind !== "lmtp")
      return this.#forEach(
        smtpReplyFor(new StateError(`Cannot answer for each recipient: ${value.length} verdicts were given`)),
      );
    return value.map((verdict) => (verdict instanceof SmtpReplyError ? verdict.reply : delivered));
  }

  /** SMTP has one answer, LMTP one for each recipient. */
  #forEach(reply: SmtpReply): readonly SmtpReply[] {
    return this.#settings.kind === "lmtp" ? this.#envelope.to.map(() => reply) : [reply];
  }

  #received(): Uint8Array {
    const { kind, name } = this.#settings;
    const field = receivedField({ kind, by: name, id: this.#id, session: this.#session, envelope: this.#envelope });
    return Buffer.from(field);
  }
}

/** What a backend's content throws when the connection is lost within it. */
export function messageCut(cause?: unknown): ConnectionError {
  return new ConnectionError("aborted", "Cannot read the message: its client did not complete it", { cause });
}

const circleReply = replyWith(SmtpCode.failed, "5.4.6", "Message goes in a circle");
const delivered = replyWith(SmtpCode.ok, "2.1.5", "Delivered");
