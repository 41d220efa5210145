/**
 * The ground every Hawser protocol stands on.
 *
 * @packageDocumentation
 */
export * from "./address.ts";
export * from "./clock.ts";
export * from "./datagram.ts";
export * from "./errors.ts";
export * from "./factory.ts";
export * from "./files/guard.ts";
export * from "./files/memory-tree.ts";
export * from "./files/tree.ts";
export * from "./machine.ts";
export * from "./names.ts";
export * from "./network.ts";
export * from "./processes.ts";
export * from "./random.ts";
export * from "./reactor.ts";
export * from "./security.ts";
export * from "./threads.ts";
export * from "./transport.ts";
