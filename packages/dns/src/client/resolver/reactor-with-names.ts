import type { Names, Reactor } from "@hawser/core";

/**
 * The same reactor with other names: every `connect` that is given it looks hosts up there. Connections still tell the reactor
 * that they were made on, so what they connect to in their turn is looked up by its names.
 *
 * ```ts no-run
 * const quick = reactorWithNames(reactor, resolverNames(dns));
 * await connect("tcp:example.org:80", receiver, { reactor: quick });
 * ```
 */
export function reactorWithNames(reactor: Reactor, names: Names): Reactor {
  return {
    kind: reactor.kind,
    clock: reactor.clock,
    random: reactor.random,
    network: reactor.network,
    names,
    processes: reactor.processes,
    threads: reactor.threads,
    files: (root) => reactor.files(root),
  };
}
