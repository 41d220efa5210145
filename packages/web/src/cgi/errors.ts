import { ProtocolError } from "@hawser/core";

/** What a script, or the program behind a gateway, did wrong. */
export type CgiErrorCode =
  | "bad-head" // what it printed first is no CGI response
  | "head-too-long"
  | "no-answer" // it ended before its head was complete
  | "output-too-long"
  | "no-program" // it could not be started, or reached
  | "refused"; // a gateway's peer did not take the request

/** A script, or the program behind a gateway, did not answer as its protocol wants. Clients get 502; this is for the operator. */
export class CgiError extends ProtocolError<CgiErrorCode> {}
