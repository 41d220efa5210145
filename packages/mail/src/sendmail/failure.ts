import { SendmailError, type SendmailErrorCode } from "./errors.ts";

/**
 * What an error means to whoever called. Errors are known by their names, so that nothing is loaded for those that do not
 * happen.
 */
export function sendmailErrorOf(error: unknown): SendmailError {
  if (error instanceof SendmailError) return error;
  if (!(error instanceof Error)) return new SendmailError("software", String(error), { cause: error });
  return new SendmailError(meaningOf(error), error.message, { cause: error });
}

/** A queue whose disk does not let us is told by what the disk says. */
function meaningOf(error: Error): SendmailErrorCode {
  const { code, enhanced } = error as { readonly code?: unknown; readonly enhanced?: unknown };
  if (code === "unavailable" && error.cause instanceof Error) return meaningOf(error.cause);
  return Object.hasOwn(meanings, error.name) ? meanings[error.name]!(code, enhanced) : "software";
}

type Meaning = (code: unknown, enhanced: unknown) => SendmailErrorCode;

const oneOf =
  (table: Readonly<Record<string, SendmailErrorCode>>, other: SendmailErrorCode): Meaning =>
  (code) =>
    (Object.hasOwn(table, String(code)) ? table[String(code)] : undefined) ?? other;

const meanings: Readonly<Record<string, Meaning>> = {
  AbortError: () => "temporary",
  ConnectionError: oneOf({ "name-not-found": "noHost", "bad-certificate": "unavailable" }, "temporary"),
  EndpointError: () => "configuration",
  FileError: oneOf({ "no-space": "temporary", "not-permitted": "notPermitted", "too-many-open": "system" }, "io"),
  MailQueueError: oneOf(
    {
      "bad-address": "data",
      "no-message": "data",
      "no-recipients": "usage",
      "too-large": "data",
      "too-many-recipients": "data",
    },
    "temporary",
  ),
  MimeError: () => "data",
  SaslError: () => "notPermitted",
  SmtpClientError: oneOf({ "bad-address": "data", "too-large": "data", closed: "temporary" }, "unavailable"),
  SmtpOutcomeError: () => "temporary",
  SmtpProtocolError: () => "temporary",
  SmtpReplyError: meaningOfReply,
  UsageError: () => "configuration",
};

/** A relay's no to the login, the sender or the message. */
function meaningOfReply(code: unknown, enhanced: unknown): SendmailErrorCode {
  if (!(Number(code) >= 500)) return "temporary";
  const isAboutRights = code === 530 || code === 535 || enhanced === "5.7.1";
  return isAboutRights ? "notPermitted" : "unavailable";
}
