import type { SmtpMailParameters, SmtpRecipientParameters, SmtpServerFacts } from "../extension.ts";
import type { SmtpAddress } from "../wire/path.ts";
import type { SmtpReply } from "../wire/reply.ts";

/** What a client does. Those marked (decide) wait for an action of ours; nothing else is read before it. */
export type SmtpServerEvent =
  /** (decide) EHLO, HELO or LHLO. */
  | { readonly type: "hello"; readonly name: string; readonly isExtended: boolean }
  /** (decide) MAIL: `from` is `undefined` for `<>`. */
  | { readonly type: "mail"; readonly from: SmtpAddress | undefined; readonly parameters: SmtpMailParameters }
  /** (decide) RCPT. */
  | { readonly type: "recipient"; readonly to: SmtpAddress; readonly parameters: SmtpRecipientParameters }
  /** (decide) The content begins. */
  | { readonly type: "data" }
  /** Octets of the content: dots are single, lines end with CRLF unless the body is binary. */
  | { readonly type: "content"; readonly chunk: Uint8Array }
  /** (decide, by `received`) The content is complete. */
  | { readonly type: "content-end" }
  /** The message will not be completed: RSET, EHLO, or a chunk that was too much. */
  | { readonly type: "reset" }
  /** (decide) A login begins. */
  | { readonly type: "auth"; readonly mechanism: string; readonly initial: Uint8Array | undefined }
  /** (decide) The answer to a challenge. */
  | { readonly type: "auth-response"; readonly data: Uint8Array }
  /** The client has given the login up. */
  | { readonly type: "auth-cancel" }
  /** (decide, by `secured`) The handshake may begin: our yes is to be sent before it. */
  | { readonly type: "starttls" }
  /** (decide, by `replaced`) A proxy says for whom it speaks. */
  | { readonly type: "xclient"; readonly attributes: ReadonlyMap<string, string | undefined> }
  /** Everything was said: close our side. */
  | { readonly type: "close" }
  /** The client does not close its side. */
  | { readonly type: "abort" };

/** What we do. */
export type SmtpServerAction =
  /** Says 220, or who may not even say hello. */
  | { readonly type: "greet"; readonly facts: SmtpServerFacts; readonly refusal?: SmtpReply | undefined }
  /** Yes to what was asked; the reply goes instead of the usual one. */
  | { readonly type: "accept"; readonly reply?: SmtpReply | undefined }
  | { readonly type: "refuse"; readonly reply: SmtpReply }
  /** What became of a message: one reply, or with LMTP one for each recipient that was accepted. */
  | { readonly type: "received"; readonly replies: readonly SmtpReply[] }
  | { readonly type: "challenge"; readonly data: Uint8Array }
  | { readonly type: "authenticated"; readonly facts: SmtpServerFacts }
  | { readonly type: "secured"; readonly facts: SmtpServerFacts }
  | { readonly type: "replaced"; readonly facts: SmtpServerFacts }
  /** Says 421 as soon as nothing is under way, and closes (RFC 5321 §3.8). */
  | { readonly type: "shutdown" };

/** Which events an action answers; `refuse` answers all. */
export const answeredBy: Readonly<Partial<Record<SmtpServerAction["type"], readonly SmtpServerEvent["type"][]>>> = {
  accept: ["hello", "mail", "recipient", "data"],
  received: ["content-end"],
  challenge: ["auth", "auth-response"],
  authenticated: ["auth", "auth-response"],
  secured: ["starttls"],
  replaced: ["xclient"],
};
