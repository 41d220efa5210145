import type { Clock } from "../clock.ts";
import type { Factory } from "../factory.ts";
import type { Transport } from "../transport.ts";
import { ThrottledTransport } from "./throttled-transport.ts";
import { TokenBucket } from "./token-bucket.ts";
import { wrapTransports } from "./wrap-factory.ts";

/** How fast octets may flow. A direction without a rate is not limited. */
export interface ThrottleOptions {
  readonly readOctetsPerSecond?: number | undefined;
  readonly writeOctetsPerSecond?: number | undefined;
  /** How much may flow at once after a quiet time. Default: what flows in one second. */
  readonly burstOctets?: number | undefined;
  /** Whether each connection has the rate for itself, or all connections of this factory share it. Default `connection`. */
  readonly per?: "connection" | "listener" | undefined;
}

/** The buckets of one connection, or of all. */
export interface ThrottleBuckets {
  readonly read: TokenBucket | undefined;
  readonly write: TokenBucket | undefined;
}

/** Limits how fast connections read and write. What may not be sent yet waits here, and counts for back-pressure. */
export function throttle(options: ThrottleOptions, factory: Factory): Factory {
  let shared: ThrottleBuckets | undefined;
  const bucketsFor = (transport: Transport) => {
    if (options.per !== "listener") return makeBuckets(options, transport.reactor.clock);
    shared ??= makeBuckets(options, transport.reactor.clock);
    return shared;
  };
  return wrapTransports(factory, (transport) => new ThrottledTransport(transport, bucketsFor(transport)));
}

function makeBuckets(options: ThrottleOptions, clock: Clock): ThrottleBuckets {
  const bucket = (rate: number | undefined) =>
    rate === undefined ? undefined : new TokenBucket(rate, options.burstOctets ?? rate, clock.now());
  return { read: bucket(options.readOctetsPerSecond), write: bucket(options.writeOctetsPerSecond) };
}
