/**
 * `hawser dig`, `hawser zone` and `hawser dns`.
 *
 * @packageDocumentation
 */
export { digTool } from "./dig/dig-tool.ts";
