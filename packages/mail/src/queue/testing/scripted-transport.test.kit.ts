import type { MailConsignment, MailTransport, MailTransportResult } from "../queue.ts";

/** What a transport was asked for. */
export interface Asked {
  readonly id: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** A transport that does what a test says, and remembers what it was asked for. */
export class ScriptedTransport implements MailTransport {
  readonly asked: Asked[] = [];
  /** Attempts under way, for each destination, and the most there ever were. */
  readonly active: Map<string, number> = new Map();
  activeMax = 0;
  /** What comes of it for an address; what it throws is thrown. */
  answer: (address: string, consignment: MailConsignment) => MailTransportResult | Promise<MailTransportResult>;

  constructor(answer: ScriptedTransport["answer"] = () => delivered) {
    this.answer = answer;
  }

  destination(address: string): string {
    return address.slice(address.lastIndexOf("@") + 1);
  }

  async deliver(consignment: MailConsignment): Promise<readonly MailTransportResult[]> {
    const { mail, recipients } = consignment;
    const destination = this.destination(recipients[0]!.address);
    const before = this.active.get(destination) ?? 0;
    this.active.set(destination, before + 1);
    this.activeMax = Math.max(this.activeMax, before + 1);
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of consignment.content()) pieces.push(piece);
      const to = recipients.map(({ address }) => address);
      this.asked.push({ id: mail.id, to, content: Buffer.concat(pieces).toString("latin1") });
      return await Promise.all(to.map((address) => this.answer(address, consignment)));
    } finally {
      this.active.set(destination, this.active.get(destination)! - 1);
    }
  }
}

export const delivered: MailTransportResult = { outcome: "delivered" };
export const busy: MailTransportResult = { outcome: "deferred", status: "4.2.1", text: "Busy" };
export const unreachable: MailTransportResult = {
  ...{ outcome: "deferred", status: "4.4.1", text: "Nobody answers", isBlocked: true },
};
export const refused: MailTransportResult = {
  ...{ outcome: "failed", status: "5.1.1", text: "No such user" },
  ...{ reply: { code: 550, enhanced: "5.1.1", lines: ["No such user"] }, by: "mx.example.net" },
};
