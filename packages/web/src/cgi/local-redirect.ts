import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";
import { type HttpResponse, redirect } from "../http/response.ts";

/** How often one request may be sent on inside the site. */
const redirectsMax = 10;

/** The root of the site, under which scripts find it. */
const rootKey = Symbol("root of local redirects");
const countKey = Symbol("local redirects");

/**
 * Lets scripts below answer with another page of the same site, by `Location: /path` and nothing else (RFC 3875 §6.2.2),
 * without the client's knowing. Without this filter such an answer sends the client there.
 */
export function withLocalRedirects(root: HttpRoot): HttpHandler {
  const handler = asHandler(root);
  return (request) => {
    request.notes.set(rootKey, handler);
    return handler(request);
  };
}

/** Answers as the site would answer for `location`: a path and perhaps a query. @throws {HttpError} 508 in a circle */
export function localRedirect(request: HttpRequest, location: string): HttpResponse | Promise<HttpResponse> {
  const root = request.notes.get(rootKey) as HttpHandler | undefined;
  if (root === undefined) return redirect(location);
  const count = ((request.notes.get(countKey) as number | undefined) ?? 0) + 1;
  if (count > redirectsMax) throw new HttpError(508);
  const query = location.indexOf("?");
  const path = query === -1 ? location : location.slice(0, query);
  const next = request.redirectedTo(path, query === -1 ? undefined : location.slice(query + 1));
  next.notes.set(rootKey, root).set(countKey, count);
  return root(next);
}
