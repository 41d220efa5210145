/** systemd: telling it how the service does, and the units by which it starts one. */
export {
  forgetServiceManager,
  type ServiceManager,
  type ServiceManagerOptions,
  serviceManager,
} from "./notify.ts";
export type { NotifyProgram } from "./notify-programs.ts";
export type { NotifyState } from "./notify-state.ts";
export { hardenedUnit, type SocketUnitOptions, socketUnit, type UnitOptions } from "./unit.ts";
export { startWatchdog } from "./watchdog.ts";
