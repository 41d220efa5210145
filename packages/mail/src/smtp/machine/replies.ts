import { replyWith } from "../extension.ts";
import { formatSmtpReply, type SmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";

/** Verbs of HTTP, with which a browser can be made to say something here (ALPACA), and of Redis and the like. */
export const foreignVerbs: ReadonlySet<string> = new Set([
  "GET",
  "POST",
  "PUT",
  "HEAD",
  "DELETE",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "PATCH",
  "PRI",
]);

/** What is said to every message, as octets. */
export const senderOk: string = formatSmtpReply(replyWith(SmtpCode.ok, "2.1.0", "Ok"));
export const recipientOk: string = formatSmtpReply(replyWith(SmtpCode.ok, "2.1.5", "Ok"));
export const goAhead = "354 End with a dot on a line of its own\r\n";

export const unknownCommand: SmtpReply = replyWith(SmtpCode.syntaxError, "5.5.2", "Unknown command");
export const helloFirst: SmtpReply = replyWith(SmtpCode.badSequence, "5.5.1", "Say EHLO first");
export const mailFirst: SmtpReply = replyWith(SmtpCode.badSequence, "5.5.1", "Say MAIL first");
export const recipientFirst: SmtpReply = replyWith(SmtpCode.failed, "5.5.1", "No recipient was accepted");
export const loginFirst: SmtpReply = replyWith(SmtpCode.authRequired, "5.7.0", "Log in first");
export const tlsFirst: SmtpReply = replyWith(SmtpCode.authRequired, "5.7.0", "Say STARTTLS first");
export const lineTooLong: SmtpReply = replyWith(SmtpCode.syntaxError, "5.5.2", "Line is too long");
export const bareEnding: SmtpReply = replyWith(SmtpCode.failed, "5.5.2", "CR and LF must stand together");
export const outOfStep: SmtpReply = replyWith(SmtpCode.failed, "5.5.0", "You said more than you may before my answer");
export const notSmtp: SmtpReply = replyWith(SmtpCode.failed, "5.5.1", "This is not the protocol you speak");
export const tooLarge: SmtpReply = replyWith(SmtpCode.exceededStorage, "5.3.4", "Message is too large");
export const tooManyErrors: SmtpReply = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many errors");
export const tooManyCommands: SmtpReply = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many commands");
export const tooManyLogins: SmtpReply = replyWith(SmtpCode.notAvailable, "4.7.0", "Too many failed logins");
export const cancelled: SmtpReply = replyWith(SmtpCode.badArguments, "5.0.0", "Cancelled");
export const notBase64: SmtpReply = replyWith(SmtpCode.badArguments, "5.5.2", "Not base64");
