import { HawserError } from "@hawser/core/protocol";
import { httpReasons } from "./reasons.ts";

/**
 * The answer a handler wants sent, thrown from wherever it is known: `throw new HttpError(404)`. Its text is shown to the
 * client; anything else that is thrown becomes a 500 whose text stays here. Fields that a status must have go along:
 * `new HttpError(405, undefined, { headers: { allow: "GET, HEAD" } })` (RFC 9110 §15.5.6).
 */
export class HttpError extends HawserError<"http-status"> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message?: string,
    options?: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> },
  ) {
    super("http-status", message ?? httpReasons[status] ?? `Status ${status}`, options);
    this.status = status;
    this.headers = options?.headers ?? {};
  }

  /** The same answer with more fields: how a filter adds to what was thrown below it. Those it has already stand. */
  withHeaders(headers: Readonly<Record<string, string>>): HttpError {
    return new HttpError(this.status, this.message, { headers: { ...headers, ...this.headers }, cause: this });
  }
}
