import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";

/** Which fields {@link securityHeaders} adds, and what they say. */
export interface SecurityHeadersOptions {
  /** Content-Security-Policy. Default `default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'`. `false` leaves it out. */
  readonly contentSecurityPolicy?: string | false | undefined;
  /** Seconds for Strict-Transport-Security, sent on TLS only (RFC 6797). Default one year; 0 leaves it out. */
  readonly strictTransportSeconds?: number | undefined;
  /** Default `strict-origin-when-cross-origin`. */
  readonly referrerPolicy?: string | undefined;
}

const policyDefault = "default-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'";

/** Adds the fields that browsers protect a site by. What a handler has set itself stands. */
export function securityHeaders(root: HttpRoot, options: SecurityHeadersOptions = {}): HttpHandler {
  const handler = asHandler(root);
  const policy = options.contentSecurityPolicy ?? policyDefault;
  const seconds = options.strictTransportSeconds ?? 31_536_000;
  const fields: [string, string][] = [
    ["x-content-type-options", "nosniff"],
    ["referrer-policy", options.referrerPolicy ?? "strict-origin-when-cross-origin"],
    ["cross-origin-opener-policy", "same-origin"],
  ];
  if (policy !== false) fields.push(["content-security-policy", policy]);
  return async (request) => {
    const response = await handler(request);
    for (const [name, value] of fields) if (!response.headers.has(name)) response.headers.set(name, value);
    if (request.security !== undefined && seconds > 0 && !response.headers.has("strict-transport-security")) {
      response.headers.set("strict-transport-security", `max-age=${seconds}`);
    }
    return response;
  };
}
