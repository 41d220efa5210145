import { type Clock, every, type Repetition } from "@hawser/core";
import type { ServiceManager } from "./notify.ts";

/**
 * Tells the manager that we live, twice in the time after which it would restart us. The call comes from the event loop,
 * so a loop that hangs is silent, which is what the manager waits for.
 */
export function startWatchdog(manager: ServiceManager, clock: Clock): Repetition | undefined {
  if (manager.watchdogMs === undefined) return undefined;
  return every(clock, manager.watchdogMs / 2, () => void manager.notify({ watchdog: true }), {
    idle: true,
    immediately: true,
  });
}
