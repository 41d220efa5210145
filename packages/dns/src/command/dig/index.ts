/**
 * `hawser dig`, without the servers: what asks starts soon.
 *
 * @packageDocumentation
 */
export { digTool } from "./dig-tool.ts";
