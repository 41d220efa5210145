import type { HttpRequest } from "../http/request.ts";
import type { HttpHandler } from "../http/resource.ts";
import { redirect } from "../http/response.ts";

/**
 * Sends everything below it elsewhere, keeping what is left of the path and the query: `moved("https://example.org")`
 * answers `/a?b` with `https://example.org/a?b`.
 */
export function moved(base: string, status: 301 | 302 | 307 | 308 = 308): HttpHandler {
  const start = base.endsWith("/") ? base.slice(0, -1) : base;
  return (request: HttpRequest) => {
    const rest = request.rest.map((segment) => `/${encodeURIComponent(segment)}`).join("");
    return redirect(`${start}${rest}${request.queryText === "" ? "" : `?${request.queryText}`}`, status);
  };
}
