import { ProtocolError } from "@hawser/core/protocol";

/** Why a form could not be read. */
export type HttpFormErrorCode =
  | "unsupported" // not a form at all: answer 415
  | "malformed" // answer 400
  | "truncated" // the body ended too early: answer 400
  | "too-large"; // a limit was passed: answer 413

/** The peer sent a form that cannot be read, or one that is larger than our limits. */
export class HttpFormError extends ProtocolError<HttpFormErrorCode> {}

/** Makes the error for a limit that was passed. */
export function tooLarge(what: string, max: number): HttpFormError {
  return new HttpFormError("too-large", `Cannot read the form: more than ${max} ${what}`);
}
