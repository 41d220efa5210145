import type { Transport } from "@hawser/core/protocol";
import type { HttpRequest } from "../http/request.ts";
import type { Http1ProtocolError } from "../http1/errors.ts";

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

/** What came was no request, or not in time: it was refused before anybody was asked. */
export interface HttpRefusal {
  readonly transport: Transport;
  /** The answer's: 400, 408, 431 and the like. */
  readonly status: number;
  readonly error: Http1ProtocolError;
}
