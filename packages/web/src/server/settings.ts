import type { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpHandler } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import type { Http1ServerOptions } from "../http1/index.ts";
import type { HttpAccess, HttpRefusal } from "../log/access.ts";

/** What every connection of one server shares. */
export interface HttpServerSettings {
  readonly handler: HttpHandler;
  readonly machine: Http1ServerOptions;
  readonly errorPage: (error: HttpError, request: HttpRequest) => HttpResponse;
  readonly log: ((access: HttpAccess) => void) | undefined;
  readonly logRefusal: ((refusal: HttpRefusal) => void) | undefined;
  readonly writeStallMs: number;
  readonly halfClosedMs: number;
  readonly drainIdleMs: number;
}
