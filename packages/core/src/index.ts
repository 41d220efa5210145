/**
 * The ground every Hawser protocol stands on.
 *
 * @packageDocumentation
 */
export * from "./address.ts";
export * from "./clock.ts";
export * from "./command.ts";
export * from "./datagram.ts";
export { DeadlineTimer } from "./deadline-timer.ts";
export { type DriveHandlers, Driver, drive } from "./drive.ts";
export * from "./errors.ts";
export * from "./factory.ts";
export { type Fault, reportFault } from "./faults.ts";
export * from "./files/tree.ts";
export { type ListenOptions, listen } from "./listen.ts";
export type { Listener, StopOptions } from "./listener.ts";
export { fileError } from "./files/faults.ts";
export * from "./files/guard.ts";
export * from "./files/memory-tree.ts";
export * from "./framing/errors.ts";
export * from "./framing/frame-reader.ts";
export * from "./framing/length-prefixed.ts";
export * from "./framing/lines.ts";
export * from "./framing/netstrings.ts";
export * from "./framing/receive-buffer.ts";
export * from "./machine.ts";
export * from "./names.ts";
export * from "./network.ts";
export * from "./processes.ts";
export * from "./random.ts";
export * from "./reactor.ts";
export * from "./security.ts";
export type { Cancellable } from "./tasks/abort.ts";
export * from "./tasks/backoff.ts";
export * from "./tasks/cooperate.ts";
export * from "./tasks/deadline.ts";
export * from "./tasks/every.ts";
export * from "./tasks/queue.ts";
export * from "./tasks/retry.ts";
export * from "./tasks/semaphore.ts";
export * from "./threads.ts";
export * from "./transport.ts";
export type { Link, LinkOwner } from "./transports/link.ts";
export { StreamTransport } from "./transports/stream-transport.ts";
