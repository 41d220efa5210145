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
export { moved } from "./resources/moved.ts";
export { type SecurityHeadersOptions, securityHeaders } from "./resources/security-headers.ts";
export * from "./scgi/index.ts";
export * from "./server/index.ts";
export { type HttpSession, type SessionOptions, sessionOf, withSessions } from "./session/session.ts";
export {
  type HttpSessionRecord,
  type HttpSessionStore,
  type MemorySessionsOptions,
  memorySessions,
} from "./session/store.ts";
export { type VirtualHostsOptions, virtualHosts } from "./vhost/virtual-hosts.ts";
