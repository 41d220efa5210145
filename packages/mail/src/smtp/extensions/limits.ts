import type { SmtpExtension } from "../extension.ts";

/** How many messages and recipients a session takes (RFC 9422). */
export const limitsExtension: SmtpExtension = {
  keyword: "LIMITS",
  offer: (_facts, { messagesMax, recipientsMax }) => `MAILMAX=${messagesMax} RCPTMAX=${recipientsMax}`,
};
