import { LoginError } from "@hawser/auth";
import { SaslError, SaslProtocolError } from "@hawser/auth/sasl";
import { ConnectionError, reportFault } from "@hawser/core";
import { MailStoreError } from "../../store/errors.ts";
import { SmtpReplyError } from "../errors.ts";
import { replyWith } from "../extension.ts";
import { parseSmtpReply, type SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";

/** What is said for an error: a backend's own words as they are; what is nobody's business is reported, and said to be ours. */
export function smtpReplyFor(error: unknown): SmtpReply {
  if (error instanceof SmtpReplyError) return error.reply;
  if (error instanceof MailStoreError) return storeReplies[error.code] ?? localError;
  if (error instanceof ConnectionError && error.code === "timed-out") return localError;
  reportFault(error, "SMTP backend");
  return localError;
}

/** What is said for a login that failed. Whether the user is there is not told (RFC 4954 §6). */
export function smtpLoginReplyFor(error: unknown): SmtpReply {
  if (error instanceof LoginError) {
    if (error.code === "temporary" || error.code === "throttled") return loginLater;
    return error.code === "unsupported" ? noMechanism : loginRefused;
  }
  if (error instanceof SaslProtocolError) return error.code === "unknown-mechanism" ? noMechanism : badExchange;
  if (error instanceof SaslError) return loginRefused;
  reportFault(error, "SMTP login");
  return loginLater;
}

const localError = replyWith(SmtpCode.localError, "4.3.0", "Something went wrong here");
const loginRefused = replyWith(SmtpCode.authFailed, "5.7.8", "User or password is wrong");
const loginLater = replyWith(SmtpCode.temporaryAuthFailure, "4.7.0", "Logins cannot be judged now");
const noMechanism = replyWith(SmtpCode.badParameter, "5.5.4", "This mechanism is not offered");
const badExchange = replyWith(SmtpCode.badArguments, "5.5.2", "The mechanism's rules were broken");

const storeReplies: Readonly<Partial<Record<MailStoreError["code"], SmtpReply>>> = {
  "no-account": parseSmtpReply("550 5.1.1 No such mailbox"),
  "over-quota": parseSmtpReply("452 4.2.2 The mailbox is full"),
  "too-large": parseSmtpReply("552 5.3.4 Message is too large"),
  unavailable: parseSmtpReply("451 4.2.0 The mailbox cannot be reached now"),
};
