import { HawserError, quote } from "@hawser/core";

/** What went wrong with services. */
export type ServiceErrorCode =
  | "start-failed" // `cause` says why
  | "reload-failed" // what ran before still runs
  | "gave-up" // it broke more often than its policy bears
  | "stop-failed" // all are stopped all the same
  | "stop-late"; // they did not end in time and were cut off

/** Something is wrong with a service: `services` names which, `cause` says what. */
export class ServiceError extends HawserError<ServiceErrorCode> {
  readonly services: readonly string[];

  constructor(code: ServiceErrorCode, services: readonly string[], message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.services = services;
  }
}

/** `Cannot start "web": no such directory`, with the cause inside. */
export function cannot(verb: string, code: ServiceErrorCode, name: string, cause: unknown): ServiceError {
  return new ServiceError(code, [name], `Cannot ${verb} ${quote(name)}: ${reasonOf(cause)}`, { cause });
}

/** What an error says, without what it is called. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
