export { type ClientServiceOptions, clientService } from "./client.ts";
export type { ServiceContext, ServiceDefinition, ServiceGroupOptions, ServiceStart } from "./definition.ts";
export { ServiceError, type ServiceErrorCode } from "./errors.ts";
export { ServiceGroup, startServices } from "./group.ts";
export { type ProcessEvent, type ProcessServiceOptions, processService } from "./process.ts";
export { procmonCommand } from "./procmon-command.ts";
export type { ServiceEvent } from "./supervised.ts";
export { type TimerCall, type TimerServiceOptions, timerService } from "./timer.ts";
