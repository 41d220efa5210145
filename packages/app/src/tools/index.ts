/** The tools of `hawser` that run applications and look after those that run. */
export { logsTool } from "./logs.ts";
export { reloadTool } from "./reload.ts";
export { runTool } from "./run.ts";
export { statusTool } from "./status.ts";
export { stopTool } from "./stop.ts";
export { unitTool } from "./unit.ts";
