import { ProtocolError } from "@hawser/core";

/** What a FastCGI application did wrong. */
export type FastCgiErrorCode =
  | "bad-version"
  | "bad-record"
  | "unexpected-record" // of a request that is not under way
  | "overloaded" // it takes no more requests now
  | "refused"; // it does not take this kind of request

/** A FastCGI application broke its protocol, or did not take the request. */
export class FastCgiProtocolError extends ProtocolError<FastCgiErrorCode> {}
