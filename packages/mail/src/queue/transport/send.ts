import type { SmtpMessage } from "../../smtp/client/message.ts";
import { SmtpRecipientsError, type SmtpSendResult } from "../../smtp/client/transaction.ts";
import type { SmtpClient } from "../../smtp/client.ts";
import { SmtpClientError, type SmtpClientErrorCode, SmtpOutcomeError, SmtpReplyError } from "../../smtp/errors.ts";
import { describeSmtpReply, type SmtpReply } from "../../smtp/wire/reply.ts";
import { SmtpCode } from "../../smtp/words.ts";
import type { MailConsignment, MailTransportResult, QueuedRecipient } from "../queue.ts";
import { toSevenBit } from "./seven-bit.ts";

/** What a server is to the sender of a message. */
export interface SendParts {
  readonly client: SmtpClient;
  /** What the server is called. */
  readonly name: string;
  /** It puts mail into mailboxes: nobody behind it reports. */
  readonly isLast: boolean;
}

/**
 * Sends a message over a connection, to as many at a time as the server takes, and tells what came of it for each. Rejects only
 * with what is about the connection and not about the message: another server may still take it.
 */
export async function sendConsignment(
  consignment: MailConsignment,
  parts: SendParts,
): Promise<readonly MailTransportResult[]> {
  const results = new Map<QueuedRecipient, MailTransportResult>();
  for (let left = consignment.recipients; left.length > 0; left = left.filter((one) => !results.has(one))) {
    const some = left.slice(0, recipientsMaxOf(parts.client));
    const told = await sendTo(some, consignment, parts).catch((error: unknown) => {
      if (results.size === 0 || consignment.signal.aborted) throw error; // nobody is served yet
      return some.map(() => lossOf(error, parts.name));
    });
    const isSome = told.some(({ outcome }) => outcome !== "deferred");
    for (const [i, result] of told.entries()) if (!(isSome && isTooMany(result))) results.set(some[i]!, result); // the others go in the next turn
  }
  return consignment.recipients.map((recipient) => results.get(recipient)!);
}

async function sendTo(
  recipients: readonly QueuedRecipient[],
  { mail, content, signal }: MailConsignment,
  parts: SendParts,
): Promise<readonly MailTransportResult[]> {
  const { from, body, utf8, ret, envid, octets: size } = mail;
  const message = { from, to: recipients, content: content(), body, utf8, ret, envid, size };
  const send = (one: SmtpMessage) => parts.client.send(one, { signal });
  try {
    const sending = send(message).catch(async (error: unknown) => send(await sevenBitOf(message, content, error)));
    return resultsOf(recipients, await sending, parts);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SmtpRecipientsError)
      return resultsOf(recipients, { accepted: [], rejected: error.rejected }, parts);
    const result = resultOfError(error, parts.name);
    if (result === undefined) throw error;
    return recipients.map(() => result);
  }
}

/** The message for a server that takes seven bits, when that is what is wrong. @throws {unknown} what was wrong otherwise */
async function sevenBitOf(
  message: SmtpMessage,
  content: MailConsignment["content"],
  error: unknown,
): Promise<SmtpMessage> {
  const isBits = error instanceof SmtpClientError && ["needs-8bitmime", "needs-binarymime"].includes(error.code);
  if (!isBits || message.size! > sevenBitOctetsMax) throw error;
  const pieces: Uint8Array[] = [];
  for await (const piece of content()) pieces.push(piece);
  const octets = toSevenBit(Buffer.concat(pieces));
  if (octets === undefined) throw error;
  return { ...message, content: octets, size: octets.length, body: "7BIT" };
}

function resultsOf(
  recipients: readonly QueuedRecipient[],
  { accepted, rejected }: Pick<SmtpSendResult, "accepted" | "rejected">,
  { client, name, isLast }: SendParts,
): readonly MailTransportResult[] {
  const outcome = isLast ? "delivered" : client.extensions.has("DSN") ? "passed" : "relayed";
  const taken = new Map(accepted.map(({ address, reply }) => [address, reply]));
  const refused = new Map(rejected.map(({ address, reply }) => [address, reply]));
  return recipients.map(({ address }): MailTransportResult => {
    const no = refused.get(address);
    if (no !== undefined) return resultOfReply(no, name);
    return { outcome, reply: taken.get(address), by: name };
  });
}

/** A no as it stands, for one recipient or for all. */
export function resultOfReply(reply: SmtpReply, by: string): MailTransportResult & { outcome: "deferred" | "failed" } {
  const isTemporary = reply.code < 500;
  const status = reply.enhanced ?? (isTemporary ? "4.0.0" : "5.0.0");
  const text = `${by} said: ${describeSmtpReply({ ...reply, lines: [reply.lines.join(" ")] })}`;
  if (!isTemporary) return { outcome: "failed", status, text, reply, by };
  return { outcome: "deferred", status, text, reply, by, isBlocked: reply.code === SmtpCode.notAvailable };
}

/** `undefined`: it is about the connection. */
function resultOfError(error: unknown, by: string): MailTransportResult | undefined {
  if (error instanceof SmtpReplyError)
    return error.code === SmtpCode.notAvailable ? undefined : resultOfReply(error.reply, by);
  if (error instanceof SmtpOutcomeError) return lossOf(error, by); // it may be there: not to another server as well
  if (!(error instanceof SmtpClientError)) return undefined;
  const status = statuses[error.code];
  if (status === undefined) return undefined;
  return { outcome: "failed", status, text: `${error.message} (${by})`, by };
}

function lossOf(error: unknown, by: string): MailTransportResult {
  const text = `${by}: ${error instanceof Error ? error.message : String(error)}`;
  return { outcome: "deferred", status: "4.4.2", text, by };
}

/** More recipients than it takes at a time: the others may come at once (RFC 5321 §4.5.3.1.10, which has 552 of old, too). */
function isTooMany(result: MailTransportResult): boolean {
  return result.reply?.code === SmtpCode.insufficientStorage && result.outcome === "deferred";
}

function recipientsMaxOf({ extensions }: SmtpClient): number {
  return Number(/\bRCPTMAX=(\d{1,6})\b/.exec(extensions.get("LIMITS") ?? "")?.[1] ?? 0) || Number.POSITIVE_INFINITY;
}

/** A message is held whole to be converted. */
const sevenBitOctetsMax = 10_485_760;

/** What a message is told as that this server cannot take (RFC 3463, RFC 6531 §3.5). */
const statuses: Readonly<Partial<Record<SmtpClientErrorCode, string>>> = {
  "needs-8bitmime": "5.6.3",
  "needs-binarymime": "5.6.3",
  "needs-smtputf8": "5.6.7",
  "too-large": "5.3.4",
  "bad-address": "5.1.3",
  "no-recipients": "5.1.3",
};
