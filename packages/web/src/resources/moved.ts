import type { HttpRequest } from "../http/request.ts";
import type { HttpHandler } from "../http/resource.ts";
import { redirect } from "../http/response.ts";

/**
 * Sends everything below it elsewhere, keeping what is left of the path and the query: `moved("https://example.org")`
 * answers `/a?b` with `https://example.org/a?b`. A slash at the end stays too.
 */
export function moved(base: string, status: 301 | 302 | 307 | 308 = 308): HttpHandler {
  const start = base.endsWith("/") ? base.slice(0, -1) : base;
  return (request: HttpRequest) => {
    const rest = request.rest.map((segment) => `/${encodeURIComponent(segment)}`).join("");
    const slash = request.path.endsWith("/") || `${start}${rest}` === "" ? "/" : "";
    return redirect(`${start}${rest}${slash}${request.queryText === "" ? "" : `?${request.queryText}`}`, status);
  };
}
