import type { MailField } from "@hawser/mime";
import type { NewQueuedMail } from "../queue/queue.ts";
import { operandAddresses } from "./addresses.ts";
import { completeMessage, headerRecipients } from "./complete.ts";
import type { SendmailDesk } from "./desk.ts";
import { SendmailError } from "./errors.ts";
import { SendmailExit } from "./exit.ts";
import { sendmailErrorOf } from "./failure.ts";
import { giveBack } from "./give-back.ts";
import { sendmailFullName } from "./identity.ts";
import { readSendmailInput, withCrlf } from "./input.ts";
import type { SendmailReceipt } from "./outlet.ts";
import { printableLine } from "./printable.ts";
import type { SendmailRequest } from "./request.ts";
import { splitMessage } from "./split.ts";

/** `-bm`: takes the message on standard input for its recipients, or tells why not as `-oe` says. Gives the exit status. */
export async function submitMail(request: SendmailRequest, desk: SendmailDesk): Promise<number> {
  let message = "";
  try {
    const { dotEnds } = request;
    const octetsMax = desk.limits.messageOctetsMax;
    message = withCrlf(await readSendmailInput(desk.system.input, { dotEnds, octetsMax }));
    const outlet = await desk.open();
    const mail = await mailOf(message, request, desk);
    const receipt = await outlet.submit(mail);
    if (request.isVerbose) tellTaken(mail, receipt, desk);
    return receipt.refused.length === 0 ? SendmailExit.ok : await refused(receipt, message, request, desk);
  } catch (error) {
    const { status, message: text } = sendmailErrorOf(error);
    return giveBack({ status, lines: [text], message, author: authorOf(request, desk) }, request.errorMode, desk);
  }
}

/** The message as it goes on. @throws {SendmailError} */
export async function mailOf(text: string, request: SendmailRequest, desk: SendmailDesk): Promise<NewQueuedMail> {
  const split = splitMessage(text, desk.limits.headerOctetsMax);
  const from = desk.sender(request.sender);
  const to = recipientsOf(split.fields, request, desk);
  const content = await completed(split, { ...request, sender: from }, desk);
  const { notify, ret, envid } = request;
  return {
    from,
    to: to.map((address) => ({ address, notify })),
    content,
    body: bodyOf(content, request.body),
    ret,
    envid,
  };
}

/** A message with all that it must have, as octets. */
export async function completed(
  split: ReturnType<typeof splitMessage>,
  { sender = "", fullName, isGateway }: Pick<SendmailRequest, "fullName" | "isGateway" | "sender">,
  { system, host, limits, author }: SendmailDesk,
): Promise<Buffer> {
  const isSigned = isGateway || split.fields.some(({ name }) => name.toLowerCase() === "from");
  const origin = {
    ...host,
    author: sender === "" ? author : sender,
    fullName: isSigned ? "" : await sendmailFullName(system, fullName),
    uid: system.user.uid,
    now: system.reactor.clock.wall(),
    random: system.reactor.random,
    hopsMax: limits.hopsMax,
  };
  return Buffer.from(completeMessage(split, origin, isGateway), "latin1");
}

/**
 * The operands, and with `-t` whoever the header names: both, as Postfix has it. (Sendmail would take the operands away from what
 * the header says; then somebody's mail is lost where the other is meant.)
 */
function recipientsOf(
  fields: readonly MailField[],
  request: SendmailRequest,
  { host, limits }: SendmailDesk,
): readonly string[] {
  const named = request.headerRecipients ? headerRecipients({ fields }, host.domain) : [];
  const operands = request.recipients.flatMap((word) => operandAddresses(word, host.domain));
  const all = [...new Set([...named, ...operands])];
  if (all.length === 0) throw new SendmailError("usage", "Cannot send the message: its header names no recipient");
  if (all.length > limits.recipientsMax)
    throw new SendmailError("data", `Cannot send the message: it has more than ${limits.recipientsMax} recipients`);
  return all;
}

function refused(
  { refused: those }: SendmailReceipt,
  message: string,
  request: SendmailRequest,
  desk: SendmailDesk,
): Promise<number> {
  const isTemporary = those.every(({ code }) => code < 500); // else trying again makes nothing better
  const status = isTemporary ? SendmailExit.temporary : SendmailExit.noUser;
  const lines = those.map(({ address, text }) => `${address}... ${text}`);
  return giveBack({ status, lines, message, author: authorOf(request, desk) }, request.errorMode, desk);
}

function tellTaken({ to }: NewQueuedMail, { text, refused: those }: SendmailReceipt, { system }: SendmailDesk): void {
  const left = to.filter(({ address }) => !those.some((one) => one.address === address));
  for (const { address } of left) system.print(printableLine(`${address}... ${text}`));
}

/** Whoever is told of failures: the reverse-path, where there is one that may be used. */
function authorOf({ sender }: SendmailRequest, desk: SendmailDesk): string {
  try {
    return desk.sender(sender) || desk.author;
  } catch {
    return desk.author;
  }
}

/** What it is, and not what somebody said: octets beyond US-ASCII cannot go as `7BIT`. */
function bodyOf(content: Buffer, said: SendmailRequest["body"]): "7BIT" | "8BITMIME" {
  return said === "8BITMIME" || content.some((octet) => octet > 127) ? "8BITMIME" : "7BIT";
}
