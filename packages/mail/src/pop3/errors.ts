import { HawserError, ProtocolError } from "@hawser/core";
import type { Pop3ResponseCode } from "./words.ts";

/** How a POP3 peer can break the protocol. */
export type Pop3ProtocolErrorCode = "bad-reply" | "bad-sequence" | "too-long" | "too-many-errors";

/** The other side does not speak POP3, or not to the end. */
export class Pop3ProtocolError extends ProtocolError<Pop3ProtocolErrorCode> {}

/** The server said `-ERR`; or, thrown by what serves a maildrop, is to say it. */
export class Pop3ReplyError extends HawserError<"refused"> {
  /** Why, for programs (RFC 3206). */
  readonly responseCode: Pop3ResponseCode | undefined;

  constructor(text: string, responseCode?: Pop3ResponseCode | undefined, options?: ErrorOptions) {
    super("refused", text, options);
    this.responseCode = responseCode;
  }

  /** Whether the same may succeed later. */
  get temporary(): boolean {
    return ["IN-USE", "LOGIN-DELAY", "SYS/TEMP"].includes(this.responseCode ?? "");
  }
}
