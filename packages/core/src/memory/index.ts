/**
 * A reactor whose network lies in this process.
 *
 * @packageDocumentation
 */
export { type MemoryReactorOptions, memoryReactor } from "./memory-reactor.ts";
