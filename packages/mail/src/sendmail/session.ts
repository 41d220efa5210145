import type { Transport } from "@hawser/core";
import type { SmtpBackend, SmtpEnvelope } from "../smtp/backend.ts";
import { SmtpReplyError, smtpReject } from "../smtp/errors.ts";
import { smtpServer } from "../smtp/server.ts";
import type { SendmailDesk } from "./desk.ts";
import { SendmailExit } from "./exit.ts";
import { sendmailErrorOf } from "./failure.ts";
import { giveBack } from "./give-back.ts";
import { withCrlf } from "./input.ts";
import type { SendmailOutlet } from "./outlet.ts";
import type { SendmailRequest } from "./request.ts";
import { splitMessage } from "./split.ts";
import { completed } from "./submit.ts";

/** `-bs`: speaks SMTP with whoever called, until they have had enough. They may send anywhere, as they may without SMTP. */
export async function serveSession(
  request: SendmailRequest,
  desk: SendmailDesk,
  transport: Transport,
): Promise<number> {
  const outlet = await desk.open();
  const { messageOctetsMax, recipientsMax, hopsMax } = desk.limits;
  const server = smtpServer(new SessionBackend(request, desk, outlet), {
    name: desk.host.hostName,
    lineEndings: "normalize",
    allowEarlyPipelining: true,
    addReceived: false,
    limits: { messageOctetsMax, recipientsMax, hopsMax },
  });
  const closed = new Promise<void>((resolve) => transport.whenClosed(() => resolve()));
  const protocol = server.accept?.(transport);
  if (protocol !== undefined) transport.start(protocol);
  await closed;
  return SendmailExit.ok;
}

/** Takes mail as the command line does. */
class SessionBackend implements SmtpBackend {
  readonly #request: SendmailRequest;
  readonly #desk: SendmailDesk;
  readonly #outlet: SendmailOutlet;

  constructor(request: SendmailRequest, desk: SendmailDesk, outlet: SendmailOutlet) {
    this.#request = request;
    this.#desk = desk;
    this.#outlet = outlet;
  }

  sender(from: SmtpEnvelope["from"]): ReturnType<NonNullable<SmtpBackend["sender"]>> {
    try {
      this.#desk.sender(from?.address ?? "");
      return undefined;
    } catch {
      return smtpReject("550 5.7.1 This is not your address");
    }
  }

  recipient(): undefined {
    return undefined;
  }

  async message(envelope: SmtpEnvelope, content: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    const text = withCrlf(Buffer.concat(chunks).toString("latin1"));
    const sender = envelope.from?.address ?? "";
    try {
      const whole = await completed(
        splitMessage(text, this.#desk.limits.headerOctetsMax),
        { ...this.#request, sender },
        this.#desk,
      );
      return await this.#submit(envelope, whole, text);
    } catch (error) {
      throw error instanceof SmtpReplyError ? error : smtpReject(replyTo(error));
    }
  }

  async #submit({ from, to, parameters }: SmtpEnvelope, content: Buffer, text: string): Promise<string> {
    const receipt = await this.#outlet.submit({
      from: from?.address ?? "",
      to: to.map(({ address, parameters: { notify, orcpt } }) => ({ address, notify, orcpt })),
      content,
      body: parameters.body,
      utf8: parameters.utf8,
      ret: parameters.ret,
      envid: parameters.envid,
    });
    if (receipt.refused.length === to.length) throw smtpReject(receipt.refused[0]!.text);
    const lines = receipt.refused.map((one) => `${one.address}... ${one.text}`);
    const author = from?.address ?? this.#desk.author;
    // Data has one answer for all (RFC 5321 §4.2.5): who was refused behind it is told by mail.
    if (lines.length > 0)
      await giveBack({ status: SendmailExit.noUser, lines, message: text, author }, "mail", this.#desk);
    return receipt.text;
  }
}

function replyTo(error: unknown): string {
  const { code, message } = sendmailErrorOf(error);
  const text = message.replace(/[^ -~]/g, "?").slice(0, 400);
  if (code === "temporary" || code === "software" || code === "system" || code === "io") return `451 4.3.0 ${text}`;
  return code === "data" ? `554 5.6.0 ${text}` : `550 5.0.0 ${text}`;
}
