import type { Instant } from "@hawser/core";
import type { ProcessReadings } from "./process-readings.ts";

/** What has been counted at one moment. */
export interface RateSums {
  readonly at: Instant;
  readonly accepted: number;
  readonly requests: number;
  readonly errors: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

/** What happened in one second, and how the process did at its end. */
export interface RatePoint {
  readonly acceptedPerS: number;
  readonly requestsPerS: number;
  readonly errorsPerS: number;
  readonly octetsInPerS: number;
  readonly octetsOutPerS: number;
  /** Of one core, 0 to 1 and beyond it where there are threads. */
  readonly cpu: number;
  readonly residentOctets: number;
  readonly loopP99Ms: number;
}

/** Three minutes: what fits into a small curve. */
const pointsMax = 180;

/** The rates of the last minutes, one point a second, in memory that does not grow. */
export class RateSeries {
  readonly #points: RatePoint[] = [];
  #last: RateSums | undefined;
  #lastCpuMs = 0;

  /** Oldest first. */
  get points(): readonly RatePoint[] {
    return this.#points;
  }

  add(sums: RateSums, { cpuMs, residentOctets, loopDelay }: ProcessReadings): void {
    const last = this.#last;
    const usedMs = cpuMs - this.#lastCpuMs;
    this.#last = sums;
    this.#lastCpuMs = cpuMs;
    if (last === undefined || sums.at <= last.at) return;
    const spanMs = sums.at - last.at;
    // A service that is removed takes its octets with it: the sum falls, the rate does not.
    const perS = (now: number, before: number) => (Math.max(0, now - before) * 1_000) / spanMs;
    this.#points.push({
      acceptedPerS: perS(sums.accepted, last.accepted),
      requestsPerS: perS(sums.requests, last.requests),
      errorsPerS: perS(sums.errors, last.errors),
      octetsInPerS: perS(sums.octetsIn, last.octetsIn),
      octetsOutPerS: perS(sums.octetsOut, last.octetsOut),
      cpu: usedMs / spanMs,
      residentOctets,
      loopP99Ms: loopDelay.p99Ms,
    });
    if (this.#points.length > pointsMax) this.#points.shift();
  }
}
