import { HawserError } from "@hawser/core";

/** What can be wrong with what is signed, published or written about senders. */
export type SenderErrorCode =
  | "bad-domain"
  | "bad-key" // it cannot be read, is too small, or is of a kind that DKIM has not
  | "bad-message" // it cannot be signed: such as one with two authors' fields
  | "bad-record" // in the DNS
  | "bad-results" // a field `Authentication-Results`
  | "bad-signature"; // it breaks the grammar of DKIM

/** A signature cannot be made, or a record, a signature or a result cannot be read or written. */
export class SenderError extends HawserError<SenderErrorCode> {}
