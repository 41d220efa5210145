/**
 * Applications behind SCGI, the simple common gateway interface.
 *
 * @packageDocumentation
 */
export { type ScgiGateway, type ScgiOptions, scgi } from "./gateway.ts";
