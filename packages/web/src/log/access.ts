import type { HttpRequest } from "../http/request.ts";

/** One answered request, for an access log. */
export interface HttpAccess {
  readonly request: HttpRequest;
  /** 0 when the client went away before there was an answer. */
  readonly status: number;
  /** Octets of the body that were handed to the network. */
  readonly octets: number;
  readonly durationMs: number;
  /** False when the answer was cut short. */
  readonly complete: boolean;
}
