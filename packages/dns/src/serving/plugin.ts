import type { Reactor } from "@hawser/core";
import { DnsOpcode, DnsRcode } from "../words.ts";
import { bareResponse, type DnsReply } from "./reply.ts";
import type { DnsRequest } from "./request.ts";

/**
 * Answers requests. What is known is answered at once, without a promise. What it throws is SERVFAIL and a reported fault.
 */
export type DnsAnswerer = (request: DnsRequest) => DnsReply | Promise<DnsReply>;

/**
 * A link of the chain that a request goes down: it answers by itself, asks the next, or changes what either says.
 *
 * ```ts no-run
 * const loud: DnsPlugin = {
 *   name: "loud",
 *   wrap: (next) => (request) => {
 *     console.log(String(request.query.name));
 *     return next(request);
 *   },
 * };
 * ```
 */
export interface DnsPlugin {
  readonly name: string;
  /** Makes what answers here, and asks `next` when it does not. Called once for each chain that the plugin is part of. */
  wrap(next: DnsAnswerer): DnsAnswerer;
  /** Called before the first request: the reactor gives time, chance, files and sockets. What it throws keeps the server from starting. */
  started?(reactor: Reactor): void | Promise<void>;
  /** Called after the last request: lets go of everything. */
  stopped?(): void | Promise<void>;
  /** Reads its files again. What it throws leaves everything as it was. */
  reload?(): void | Promise<void>;
}

/** Makes one plugin of several: the first is asked first. */
export function dnsChain(plugins: readonly DnsPlugin[], name = "chain"): DnsPlugin {
  const started: DnsPlugin[] = [];
  const stop = async (): Promise<void> => {
    for (let plugin = started.pop(); plugin !== undefined; plugin = started.pop()) await plugin.stopped?.();
  };
  return {
    name,
    wrap: (next) => plugins.reduceRight((inner, plugin) => plugin.wrap(inner), next),
    async started(reactor) {
      try {
        for (const plugin of plugins) {
          await plugin.started?.(reactor);
          started.push(plugin);
        }
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stopped: stop,
    async reload() {
      const outcomes = await Promise.allSettled(plugins.map(async (plugin) => plugin.reload?.()));
      const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("; "));
    },
  };
}

/** What stands at the end of every chain: nobody here answers that (RFC 1035 §4.1.1), or has such a zone (RFC 2136 §3.1.2). */
export const refuseAll: DnsAnswerer = ({ query: { opcode } }) => bareResponse(refusals.get(opcode) ?? DnsRcode.notImp);

const refusals: ReadonlyMap<number, number> = new Map([
  [DnsOpcode.query, DnsRcode.refused],
  [DnsOpcode.notify, DnsRcode.refused],
  [DnsOpcode.update, DnsRcode.notAuth],
]);
