/**
 * Programs that answer requests, as the Common Gateway Interface has it (RFC 3875).
 *
 * ```ts
 * const root = files("/var/www/htdocs", { processors: { ".pl": script("/usr/bin/perl") } });
 * root.mount("cgis", cgiDirectory("/var/www/cgi-bin"));
 * ```
 *
 * @packageDocumentation
 */
export { type CgiDirectoryOptions, cgiDirectory } from "./directory.ts";
export { CgiError, type CgiErrorCode } from "./errors.ts";
export { withLocalRedirects } from "./local-redirect.ts";
export type { CgiGatewayOptions } from "./options.ts";
export { type ScriptOptions, script } from "./script.ts";
