/**
 * The tools of `hawser` that work on whole applications. Each is made for the program that has it.
 *
 * @packageDocumentation
 */
export { startApplication } from "../application/start.ts";
export { checkTool } from "./check-tool.ts";
export { completionTool } from "./completion-tool.ts";
export type { ApplicationToolbox } from "./context.ts";
export { convertTool } from "./convert-tool.ts";
export { logsTool } from "./logs.ts";
export { packageTools } from "./package-tools.ts";
export { reloadTool } from "./reload.ts";
export { runTool } from "./run.ts";
export { sourceDirectory } from "./source-directory.ts";
export { statusTool } from "./status.ts";
export { stopTool } from "./stop.ts";
export { tapTool } from "./tap-tool.ts";
export { unitTool } from "./unit.ts";
export { type UpParts, upTool } from "./up-tool.ts";
