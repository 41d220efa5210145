import { backoff, type Instant, type Random } from "@hawser/core";
import type { DnsServerPlace } from "../../client/exchanger.ts";

/** Which server is asked first: the first that is well, any, each in turn, or the one that has answered fastest lately. */
export type ForwardPolicy = "fastest" | "in-order" | "random" | "round-robin";

/** How servers are found well or ill. */
export interface UpstreamOptions {
  readonly failuresMax?: number | undefined;
  readonly concurrentMax?: number | undefined;
}

/** Questions that one server has at a time, where nothing else is said. */
export const concurrentMaxDefault = 1_000;

/** How much of the newest time goes into the smoothed one. */
const newestPart = 0.3;

/** What a server's time becomes whenever it is passed over, so that each is tried now and then (as BIND does). */
const passedOverFactor = 0.98;

/** How long a server that fails is left alone: first for half a second, and at most for half a minute. */
const backoffOptions = { initialMs: 500, maxMs: 30_000 };

/** A server that questions go to, and how it has been doing. */
export class Upstream {
  readonly place: DnsServerPlace;
  readonly #failuresMax: number;
  readonly #concurrentMax: number;
  #failures = 0;
  #waits: Iterator<number, never> | undefined;
  #downUntil: Instant = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  #smoothedMs = 0;

  constructor(place: DnsServerPlace, { failuresMax = 2, concurrentMax = concurrentMaxDefault }: UpstreamOptions) {
    this.place = place;
    this.#failuresMax = failuresMax;
    this.#concurrentMax = concurrentMax;
  }

  /** It has as many questions as it may have at a time. */
  get isFull(): boolean {
    return this.#inFlight >= this.#concurrentMax;
  }

  /** How long answers take, in milliseconds; 0 as long as nobody knows. */
  get smoothedMs(): number {
    return this.#smoothedMs;
  }

  /** When it may be asked again. */
  get downUntil(): Instant {
    return this.#downUntil;
  }

  began(): void {
    this.#inFlight++;
  }

  ended(): void {
    this.#inFlight--;
  }

  answered(tookMs: number): void {
    this.#failures = 0;
    this.#waits = undefined;
    this.#downUntil = Number.NEGATIVE_INFINITY;
    this.#smoothedMs = this.#smoothedMs === 0 ? tookMs : this.#smoothedMs * (1 - newestPart) + tookMs * newestPart;
  }

  /** One failure among many at once counts as one. */
  failed(now: Instant, random: Random): void {
    if (++this.#failures < this.#failuresMax || now < this.#downUntil) return;
    this.#waits ??= backoff({ ...backoffOptions, random });
    this.#downUntil = now + this.#waits.next().value;
  }

  passedOver(): void {
    this.#smoothedMs *= passedOverFactor;
  }
}

/** In which order servers are asked: those that are down come last, the one that is to be tried again soonest first. */
export function upstreamsInOrder(
  upstreams: readonly Upstream[],
  policy: ForwardPolicy,
  { now, random, turn }: { readonly now: Instant; readonly random: Random; readonly turn: number },
): readonly Upstream[] {
  if (upstreams.length === 1) return upstreams;
  const well = upstreams.filter(({ downUntil }) => downUntil <= now);
  const down = upstreams.filter(({ downUntil }) => downUntil > now).sort((a, b) => a.downUntil - b.downUntil);
  return [...orders[policy](well, random, turn), ...down];
}

const orders: Readonly<
  Record<ForwardPolicy, (well: readonly Upstream[], random: Random, turn: number) => readonly Upstream[]>
> = {
  "in-order": (well) => well,
  random: (well, random) => (well.length < 2 ? well : rotated(well, random.integer(0, well.length))),
  "round-robin": (well, _random, turn) => (well.length < 2 ? well : rotated(well, turn % well.length)),
  fastest(well) {
    const sorted = well.toSorted((a, b) => a.smoothedMs - b.smoothedMs);
    for (const upstream of sorted.slice(1)) upstream.passedOver();
    return sorted;
  },
};

function rotated(well: readonly Upstream[], by: number): readonly Upstream[] {
  return [...well.slice(by), ...well.slice(0, by)];
}
