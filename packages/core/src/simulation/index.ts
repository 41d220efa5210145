/**
 * A seeded world with virtual time: the same program on the worst of networks, replayed from a seed.
 *
 * @packageDocumentation
 */
export type { NumberRange, SimulatedFaults } from "./faults.ts";
export { SimulatedHost, type SimulatedHostOptions } from "./host.ts";
export { tracePcap } from "./pcap.ts";
export { plainKeyPair } from "./plain-certificate.ts";
export { WorldError, type WorldErrorCode, type WorldLimits } from "./run.ts";
export { SeededRandom } from "./seeded-random.ts";
export type { LinkFaults } from "./simulated-medium.ts";
export type { LookupFaults } from "./simulated-names.ts";
export { traceText } from "./trace-text.ts";
export { type SimulationOptions, simulate, simulation, World } from "./world.ts";
export { type WorldEvent, WorldTrace } from "./world-event.ts";
