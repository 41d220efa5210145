import { channel } from "node:diagnostics_channel";
import type { Address, Clock, Reactor } from "@hawser/core";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType, dnsTypeName } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import type { DnsReply } from "../serving/reply.ts";
import type { DnsRequest, DnsTransport } from "../serving/request.ts";
import { formatDnsRcode } from "../words.ts";

/** Published on `hawser:dns` for each answer, by {@link statisticsPlugin}. */
export interface DnsAnswerEvent {
  readonly name: DomainName;
  /** The type that was asked for; `other` for those without a name. */
  readonly type: string;
  /** `NOERROR`, …; `DROPPED`, `TRANSFER`, or `FAILED` when a plugin threw. */
  readonly rcode: string;
  readonly transport: DnsTransport;
  readonly peer: Address;
  readonly durationMs: number;
}

/** What {@link statisticsPlugin} has counted. */
export interface DnsAnswerStatistics {
  readonly answers: number;
  readonly byRcode: ReadonlyMap<string, number>;
  readonly byType: ReadonlyMap<string, number>;
  readonly byTransport: ReadonlyMap<string, number>;
  /** How many answers took at most so long: each with those before it, as Prometheus wants them; the last is infinite. */
  readonly latency: readonly { readonly atMostMs: number; readonly answers: number }[];
  readonly latencySumMs: number;
}

/** The plugin, and what it has counted. */
export interface StatisticsPlugin extends DnsPlugin {
  readonly statistics: DnsAnswerStatistics;
}

/** From what is at hand to what a client does not wait for. */
const bucketsMs = [
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  Number.POSITIVE_INFINITY,
];

const answersChannel = channel("hawser:dns");

/**
 * Counts answers by rcode, type and transport, and how long they took. Whoever subscribes to `hawser:dns` is told of each, as the
 * metrics of an application are.
 */
export function statisticsPlugin(): StatisticsPlugin {
  return new Counting();
}

class Counting implements StatisticsPlugin {
  readonly name = "statistics";
  readonly #byRcode = new Map<string, number>();
  readonly #byType = new Map<string, number>();
  readonly #byTransport = new Map<string, number>();
  readonly #buckets = bucketsMs.map(() => 0);
  #answers = 0;
  #sumMs = 0;
  #clock!: Clock;

  get statistics(): DnsAnswerStatistics {
    return {
      answers: this.#answers,
      byRcode: this.#byRcode,
      byType: this.#byType,
      byTransport: this.#byTransport,
      latency: cumulative(this.#buckets),
      latencySumMs: this.#sumMs,
    };
  }

  started({ clock }: Reactor): void {
    this.#clock = clock;
  }

  wrap(next: Parameters<DnsPlugin["wrap"]>[0]): ReturnType<DnsPlugin["wrap"]> {
    return (request) => {
      const began = this.#clock.now();
      try {
        const reply = next(request);
        if (!(reply instanceof Promise)) return this.#count(request, reply, began);
        return reply.then(
          (late) => this.#count(request, late, began),
          (error: unknown) => this.#fail(request, error, began),
        );
      } catch (error) {
        return this.#fail(request, error, began);
      }
    };
  }

  #count(request: DnsRequest, reply: DnsReply, began: number): DnsReply {
    this.#add(request, outcomeOf(reply), this.#clock.now() - began);
    return reply;
  }

  #fail(request: DnsRequest, error: unknown, began: number): never {
    this.#add(request, "FAILED", this.#clock.now() - began);
    throw error;
  }

  #add({ query, transport, peer }: DnsRequest, rcode: string, durationMs: number): void {
    const type = knownTypes.get(query.type) ?? "other";
    this.#answers++;
    this.#sumMs += durationMs;
    this.#buckets[bucketsMs.findIndex((atMostMs) => durationMs <= atMostMs)]!++;
    increment(this.#byRcode, rcode);
    increment(this.#byType, type);
    increment(this.#byTransport, transport);
    if (!answersChannel.hasSubscribers) return;
    answersChannel.publish({ name: query.name, type, rcode, transport, peer, durationMs } satisfies DnsAnswerEvent);
  }
}

function cumulative(buckets: readonly number[]): DnsAnswerStatistics["latency"] {
  let answers = 0;
  return buckets.map((more, i) => {
    answers += more;
    return { atMostMs: bucketsMs[i]!, answers };
  });
}

/** Whoever asks can make up types, and would fill our memory with them. */
const knownTypes = new Map(Object.values(DnsType).map((number) => [number as number, dnsTypeName(number) as string]));

/** Names of rcodes, found once. */
const rcodeNames = new Map<number, string>();

function outcomeOf(reply: DnsReply): string {
  if (reply.type !== "response") return reply.type === "drop" ? "DROPPED" : "TRANSFER";
  const known = rcodeNames.get(reply.rcode) ?? formatDnsRcode(reply.rcode);
  rcodeNames.set(reply.rcode, known);
  return known;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
