import type { SmtpContent } from "../smtp/client/message.ts";
import type { SmtpBody } from "../smtp/words.ts";
import { MailQueueError } from "./errors.ts";
import type { QueuedMail } from "./queue.ts";
import type { MailQueueDraft, MailQueueStep } from "./store.ts";

/** A message as it is when nobody has tried yet. */
export function firstRecord(draft: MailQueueDraft, octets: number, body: SmtpBody): QueuedMail {
  const { id, from, submittedAt, held = false, notBefore = submittedAt, utf8, ret, envid } = draft;
  const to = draft.to.map(({ address, notify, orcpt }, number) => ({
    ...{ number, address, notify, orcpt },
    ...{ attempts: 0, nextAttemptAt: notBefore },
  }));
  return { id, from, to, octets, submittedAt, held, isDelayTold: false, body, utf8, ret, envid };
}

/** A message after a step; nobody may be left. */
export function afterStep(mail: QueuedMail, step: Pick<MailQueueStep, "progress" | "isDelayTold">): QueuedMail {
  const changes = new Map(step.progress.map((change) => [change.number, change]));
  const to = mail.to.flatMap((one) => {
    const change = changes.get(one.number);
    if (change === undefined) return [one];
    if (change.isDone) return [];
    const { attempts, nextAttemptAt, text } = change;
    return [{ ...one, attempts, nextAttemptAt, lastFailure: text }];
  });
  return { ...mail, to, isDelayTold: mail.isDelayTold || step.isDelayTold === true };
}

/** What its octets turned out to be: whoever said 7BIT may have been wrong. */
export function bodyOf(draft: MailQueueDraft, isEightBit: boolean): SmtpBody {
  if (draft.body === "BINARYMIME") return draft.body;
  return isEightBit ? "8BITMIME" : "7BIT";
}

/** The octets of a message, piece by piece. */
export function piecesOf(content: SmtpContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

export function tooLarge(octetsMax: number): MailQueueError {
  return new MailQueueError("too-large", `Cannot take the message: it has more than ${octetsMax} octets`);
}

export function noMessage(id: string): MailQueueError {
  return new MailQueueError("no-message", `Cannot find the message ${JSON.stringify(id.slice(0, 64))} in the queue`);
}
