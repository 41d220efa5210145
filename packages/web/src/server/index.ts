/**
 * An HTTP/1.1 server for handlers and folders of them, and nothing else: the small part of `@hawser/web` that every server
 * needs. Static files, scripts, logins, sessions and filters are in `@hawser/web`, which has all of this as well.
 *
 * @packageDocumentation
 */

export { HttpError } from "../http/error.ts";
export { HttpHeaders, type HttpHeadersInit } from "../http/headers.ts";
export { httpReasonPhrase, httpReasons } from "../http/reasons.ts";
export { type HttpLogin, HttpRequest } from "../http/request.ts";
export { type HttpBodyOptions, HttpRequestBody } from "../http/request-body.ts";
export {
  asHandler,
  folder,
  type HttpChild,
  HttpFolder,
  type HttpHandler,
  HttpMounts,
  type HttpResource,
  type HttpRoot,
} from "../http/resource.ts";
export {
  empty,
  escapeHtml,
  type HttpBody,
  type HttpRefillingBody,
  HttpResponse,
  type HttpResponseOptions,
  type HttpUpgrade,
  html,
  json,
  octets,
  redirect,
  text,
  tunnel,
  upgrade,
} from "../http/response.ts";
export type { HttpAccess, HttpRefusal } from "../log/access.ts";
export { formatAccessJson, formatCombined } from "../log/format.ts";
export { errorPage } from "../resources/error-page.ts";
export { type HttpServerOptions, httpServer } from "./server.ts";
