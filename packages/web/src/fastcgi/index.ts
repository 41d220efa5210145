/**
 * Applications behind FastCGI 1.0, such as php-fpm.
 *
 * ```ts
 * const php = fastCgi("unix:/run/php/php-fpm.sock");
 * await listen("tcp:8080", httpServer(files("/var/www/htdocs", { index: ["index.php"], processors: { ".php": php.forFiles } })));
 * ```
 *
 * @packageDocumentation
 */
export { type FastCgiErrorCode, FastCgiProtocolError } from "./errors.ts";
export { type FastCgiGateway, type FastCgiOptions, fastCgi } from "./gateway.ts";
