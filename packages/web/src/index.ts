/**
 * HTTP for Hawser: an engine of its own, resources, static files, scripts and sites.
 *
 * @packageDocumentation
 */
export * from "./auth/index.ts";
export * from "./cgi/index.ts";
export * from "./fastcgi/index.ts";
export { type FetchHandler, fetchHandler, fromFetchResponse, toFetchRequest } from "./fetch/fetch-handler.ts";
export * from "./files/index.ts";
export { type CompressedOptions, compressed } from "./filters/compress.ts";
export { HttpError } from "./http/error.ts";
export { HttpHeaders, type HttpHeadersInit } from "./http/headers.ts";
export { httpReasonPhrase, httpReasons } from "./http/reasons.ts";
export { type HttpLogin, HttpRequest } from "./http/request.ts";
export { type HttpBodyOptions, HttpRequestBody } from "./http/request-body.ts";
export {
  asHandler,
  folder,
  type HttpChild,
  HttpFolder,
  type HttpHandler,
  HttpMounts,
  type HttpResource,
  type HttpRoot,
} from "./http/resource.ts";
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
} from "./http/response.ts";
export type { HttpAccess, HttpRefusal } from "./log/access.ts";
export { formatAccessJson, formatCombined } from "./log/format.ts";
export { errorPage } from "./resources/error-page.ts";
export { moved } from "./resources/moved.ts";
export { type SecurityHeadersOptions, securityHeaders } from "./resources/security-headers.ts";
export * from "./scgi/index.ts";
export { type HttpServerOptions, httpServer } from "./server/server.ts";
export { type HttpSession, type SessionOptions, sessionOf, withSessions } from "./session/session.ts";
export {
  type HttpSessionRecord,
  type HttpSessionStore,
  type MemorySessionsOptions,
  memorySessions,
} from "./session/store.ts";
export { type VirtualHostsOptions, virtualHosts } from "./vhost/virtual-hosts.ts";
