import { formatAddress, type Reactor } from "@hawser/core";
import type { SmtpBackend, SmtpEnvelope, SmtpSession, SmtpVerdict } from "../smtp/backend.ts";
import { SmtpReplyError, smtpAccept, smtpReject } from "../smtp/errors.ts";
import type { MailComplaint } from "./complaints/complaint.ts";
import { complaintsAbout } from "./complaints/complaints.ts";
import type { SmtpConversation } from "./conversation/conversation.ts";
import type { MailFailures, MailLocalStage } from "./failures.ts";
import type { MailLocalEnvelope } from "./message.ts";
import type { MailBook } from "./store/book.ts";

/** What the backend of one connection works with. */
export interface MailLocalBackendParts {
  readonly reactor: Reactor;
  readonly book: MailBook;
  readonly failures: MailFailures;
  readonly conversation: SmtpConversation;
  readonly isPedantic: boolean;
  /** Breaks the connection. */
  drop(): void;
}

/** Takes whatever comes on one connection, unless it shall fail. */
export function mailLocalBackend(parts: MailLocalBackendParts): SmtpBackend {
  const at = (stage: MailLocalStage, subject: string, session: SmtpSession) => fail(parts, stage, subject, session);
  return {
    connected: (session) => at("connect", formatAddress(session.peer), session),
    hello: (name, session) => at("hello", name, session),
    sender: (from, session) => at("sender", from?.address ?? "", session),
    recipient: (to, session) => at("recipient", to.address, session),
    async message(envelope, content, session) {
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      const verdict = await at("message", envelope.from?.address ?? "", session);
      if (verdict !== smtpAccept) throw verdict;
      return keep(parts, envelope, Buffer.concat(pieces), session);
    },
  };
}

async function fail(
  { reactor, failures, drop }: MailLocalBackendParts,
  stage: MailLocalStage,
  subject: string,
  { signal }: SmtpSession,
): Promise<SmtpVerdict> {
  const decision = failures.decide(stage, subject);
  if (decision === undefined) return smtpAccept;
  if (decision.delayMs > 0) await reactor.clock.sleep(decision.delayMs, { signal });
  if (decision.drop) drop();
  if (decision.reply === undefined) return smtpAccept;
  return smtpReject(/^\d{3}$/.test(decision.reply) ? `${decision.reply} Told to fail` : decision.reply);
}

async function keep(
  { reactor, book, conversation, isPedantic }: MailLocalBackendParts,
  envelope: SmtpEnvelope,
  octets: Uint8Array,
  session: SmtpSession,
): Promise<string> {
  const { body, utf8, size } = envelope.parameters;
  const facts = { now: reactor.clock.wall(), body: body ?? "7BIT", utf8: utf8 ?? false, size };
  const complaints = [...conversation.complaints(), ...complaintsAbout(octets, facts)];
  const errors = complaints.filter(({ level }) => level === "error");
  const isRefused = isPedantic && errors.length > 0;
  const arrival = {
    envelope: outside(envelope, session),
    complaints,
    isRefused,
    conversation: conversation.transcript(),
  };
  const { id } = await book.deliver(octets, arrival);
  if (isRefused) throw refusal(errors, id);
  return `Kept as message ${id}`;
}

function outside({ from, to }: SmtpEnvelope, session: SmtpSession): MailLocalEnvelope {
  return {
    from: from?.address ?? "",
    to: to.map(({ address }) => address),
    hello: session.hello ?? "",
    peer: formatAddress(session.peer),
    security: session.security?.version ?? "",
    user: session.user?.name ?? "",
  };
}

/** Replies are US-ASCII (RFC 5321 §4.2). */
function refusal([first, ...others]: readonly MailComplaint[], id: number): SmtpReplyError {
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const text = `${first!.section}: ${first!.text}${more} (message ${id})`.replaceAll("§", "section ");
  return new SmtpReplyError({ code: 550, enhanced: "5.6.0", text: text.replace(/[^\x20-\x7e]/g, "?").slice(0, 400) });
}
