import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";

/** Which fields {@link securityHeaders} adds, and what they say. */
export interface SecurityHeadersOptions {
  /** Content-Security-Policy. Default `default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'`. `false` leaves it out. */
  readonly contentSecurityPolicy?: string | false | undefined;
  /** Seconds for Strict-Transport-Security, sent on TLS only (RFC 6797 §7.2). Default one year; 0 leaves it out. */
  readonly strictTransportSeconds?: number | undefined;
  /** Default `strict-origin-when-cross-origin`. */
  readonly referrerPolicy?: string | undefined;
}

const policyDefault = "default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'";

/**
 * Adds the fields that browsers protect a site by. What a handler has set itself stands. Errors thrown below get them
 * too, but for the policy: their page has a style of its own, which the policy would take from it.
 */
export function securityHeaders(root: HttpRoot, options: SecurityHeadersOptions = {}): HttpHandler {
  const handler = asHandler(root);
  const policy = options.contentSecurityPolicy ?? policyDefault;
  return async (request) => {
    const fields = fieldsFor(request, options);
    const response = await answerOrError(handler, request, fields);
    if (policy !== false) fields["content-security-policy"] = policy;
    for (const [name, value] of Object.entries(fields)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}

function fieldsFor(request: HttpRequest, options: SecurityHeadersOptions): Record<string, string> {
  const fields: Record<string, string> = {
    "x-content-type-options": "nosniff",
    "referrer-policy": options.referrerPolicy ?? "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
  };
  const seconds = options.strictTransportSeconds ?? 31_536_000;
  if (request.security !== undefined && seconds > 0) fields["strict-transport-security"] = `max-age=${seconds}`;
  return fields;
}

async function answerOrError(
  handler: HttpHandler,
  request: HttpRequest,
  fields: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  try {
    return await handler(request);
  } catch (error) {
    throw error instanceof HttpError ? error.withHeaders(fields) : error;
  }
}
