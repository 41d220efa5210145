import {
  type AnyCommand,
  type Command,
  command,
  optionValue,
  optionValues,
  type Reactor,
  UsageError,
} from "@hawser/core";
import { httpServer, text } from "@hawser/web";
import { clientService } from "../services/client.ts";
import { answering } from "../services/services.test.kit.ts";
import { timerService } from "../services/timer.ts";
import type { ApplicationEnvironment } from "./application.ts";

/** What the commands of a test tell about their services. */
export interface Journal {
  /** `start web`, `stop web`, in order. */
  readonly events: string[];
  /** How many runs of a service are at work now, and were at most. */
  readonly atWork: Map<string, { now: number; most: number }>;
  /** Break the present run of a service. */
  breakFlaky: (error: Error) => void;
  breakSite: (error: Error) => void;
}

export function newJournal(): Journal {
  return { events: [], atWork: new Map(), breakFlaky: () => {}, breakSite: () => {} };
}

/** An environment of a test, with {@link testCommands}. */
export function testEnvironment(
  reactor: Reactor,
  journal: Journal = newJournal(),
  more: Partial<ApplicationEnvironment> & { readonly commands?: Readonly<Record<string, AnyCommand>> } = {},
): ApplicationEnvironment {
  const commands: Readonly<Record<string, AnyCommand>> = { ...testCommands(journal), ...more.commands };
  return {
    reactor,
    findCommand: async (name) => commands[name],
    print: () => {},
    openLog: async () => ({ write: () => {}, close: async () => {} }),
    ...more,
  };
}

/** A web site, a service that breaks, a timer, a client, and one that cannot start. */
export function testCommands(journal: Journal): Readonly<Record<string, AnyCommand>> {
  return {
    site: siteCommand(journal),
    flaky: flakyCommand(journal),
    tick: tickCommand(journal),
    feed: feedCommand(journal),
    never,
  };
}

function siteCommand(journal: Journal): Command {
  return command({
    name: "site",
    summary: "Answers every request with a word",
    options: { listen: optionValues("ENDPOINT", "where"), says: optionValue("WORD", "what") },
    async start(given, context) {
      journal.events.push("start site");
      const { clock, random } = context.reactor;
      if (context.reactor.kind === "simulation") await clock.sleep(random.number() * 300); // as if it opened files
      const root = () => text(`${given.says}\n`);
      const listeners = await Promise.all(given.listen.map((where) => context.listen(where, httpServer(root))));
      const ended = new Promise<void>((_, reject) => {
        journal.breakSite = reject;
      });
      ended.catch(() => {});
      return {
        ended,
        async stop(how) {
          journal.events.push("stop site");
          await Promise.all(listeners.map((listener) => listener.stop(how)));
        },
      };
    },
  });
}

/** At work from when it serves to its end; breaks when the test says so. */
function flakyCommand(journal: Journal): Command {
  return command({
    name: "flaky",
    summary: "Breaks now and then",
    options: { version: optionValue("N", "any") },
    async start(_, context) {
      journal.events.push("start flaky");
      const listener = await context.listen("tcp:7", answering("flaky"));
      const work = workOf("flaky", journal);
      const ended = new Promise<void>((_, reject) => {
        journal.breakFlaky = (error) => {
          work.end();
          reject(error);
        };
      });
      ended.catch(() => {});
      context.whenServing?.(work.begin);
      return {
        ended,
        async stop(how) {
          journal.events.push("stop flaky");
          await context.reactor.clock.sleep(context.reactor.random.number() * 400);
          await listener.stop(how);
          work.end();
        },
      };
    },
  });
}

function tickCommand(journal: Journal): Command {
  return command({
    name: "tick",
    summary: "Works every second",
    options: { version: optionValue("N", "any") },
    async start(_, context) {
      journal.events.push("start tick");
      const run = async () => {
        const work = workOf("tick", journal);
        work.begin();
        await context.reactor.clock.sleep(context.reactor.random.number() * 800);
        work.end();
      };
      const service = await timerService(1_000, run)(context);
      return noting("tick", service, journal);
    },
  });
}

function feedCommand(journal: Journal): Command {
  return command({
    name: "feed",
    summary: "Keeps a connection to another host",
    options: { version: optionValue("N", "any") },
    async start(_, context) {
      journal.events.push("start feed");
      const start = clientService("tcp:peer:99", async (peer, signal) => {
        const work = workOf("feed", journal);
        work.begin();
        signal.addEventListener("abort", work.end, { once: true });
        void peer.closed.then(work.end);
        while (!signal.aborted) await peer.readLine({ signal });
      });
      return noting("feed", await start(context), journal);
    },
  });
}

const never: Command = command({
  name: "never",
  summary: "Cannot start",
  options: {},
  start: () => Promise.reject(new UsageError("no such directory")),
});

function noting(name: string, service: Awaited<ReturnType<Command["start"]>>, journal: Journal): typeof service {
  return {
    ended: service.ended,
    async stop(how) {
      journal.events.push(`stop ${name}`);
      await service.stop(how);
    },
  };
}

/** Counts who is at work under one name. */
function workOf(name: string, { atWork }: Journal): { begin(): void; end(): void } {
  const count = atWork.get(name) ?? { now: 0, most: 0 };
  atWork.set(name, count);
  let isAtWork = false;
  return {
    begin() {
      isAtWork = true;
      count.now++;
      count.most = Math.max(count.most, count.now);
    },
    end() {
      if (isAtWork) count.now--;
      isAtWork = false;
    },
  };
}
