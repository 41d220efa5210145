import { HttpContentError, type HttpContentErrorCode } from "../content/errors.ts";
import { HttpFormError, type HttpFormErrorCode } from "../forms/errors.ts";
import { HttpError } from "../http/error.ts";

/** What a client did wrong in a form, and the status that says so (RFC 9110 §15.5). */
const formStatuses: Readonly<Record<HttpFormErrorCode, number>> = {
  unsupported: 415,
  malformed: 400,
  truncated: 400,
  "too-large": 413,
};

/** What a client did wrong in the coding of its content. */
const contentStatuses: Readonly<Record<HttpContentErrorCode, number>> = {
  "unsupported-coding": 415,
  "too-many-codings": 415,
  "too-large": 413,
  corrupt: 400,
};

/** The answer that an error stands for; `undefined` when it is a fault of ours. */
export function httpErrorFor(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof HttpFormError) return new HttpError(formStatuses[error.code], error.message, { cause: error });
  if (error instanceof HttpContentError)
    return new HttpError(contentStatuses[error.code], error.message, { cause: error });
  return undefined;
}
