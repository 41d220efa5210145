import type { SmtpReply } from "../wire/reply.ts";

/** What a server does. */
export type SmtpClientEvent =
  /** The answer to the oldest thing that waits for one; the greeting is the first. */
  | { readonly type: "reply"; readonly reply: SmtpReply }
  /** 421 that nobody asked for: the server is about to close (RFC 5321 §3.8). */
  | { readonly type: "closing"; readonly reply: SmtpReply }
  /** The server has closed its side, and nothing waits. */
  | { readonly type: "end" };

/** What we do. */
export type SmtpClientAction =
  | {
      readonly type: "command";
      readonly verb: string;
      readonly argument?: string | undefined;
      /** How long the answer may take. Default {@link SmtpClientLimits.replyTimeoutMs}. */
      readonly timeoutMs?: number | undefined;
    }
  /** A line of a login, which answers 334. */
  | { readonly type: "response"; readonly text: string }
  /** Octets of a message, after 354. They are fit for the wire: see SmtpDataWriter. */
  | { readonly type: "content"; readonly chunk: Uint8Array }
  /** The last octets of a message; so many answers come. */
  | { readonly type: "content-end"; readonly chunk: Uint8Array; readonly replies: number }
  /** BDAT and its octets; the last one has as many answers as a message has. */
  | {
      readonly type: "chunk";
      readonly pieces: readonly Uint8Array[];
      readonly isLast: boolean;
      readonly replies: number;
    }
  /** TLS has begun, or is about to: nothing that came in clear counts. */
  | { readonly type: "secured" };
