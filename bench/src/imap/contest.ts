import type { BenchOptions } from "../harness/arguments.ts";
import type { Contestant, Sample, Workload } from "../harness/bench.ts";
import { type RunningServer, residentOctetsOf } from "../harness/process.ts";
import { keepToTheLoadsCore, RawClient } from "./raw-client.ts";
import { type MailProtocol, type MailServer, mailServers, renew } from "./servers.ts";

/** A server that is up, with a client that is logged in. */
export interface Contest {
  readonly server: MailServer;
  readonly client: RawClient;
  readonly options: BenchOptions;
  /** Operations that were done before, so that each round goes on where the one before it ended. */
  done: number;
}

/** What is measured in a mailbox that is open already. */
export interface MailWorkload {
  readonly name: string;
  readonly question: string;
  /** What happens before the clock runs; it throws when the answer is wrong. */
  readonly begin: (contest: Contest) => Promise<void>;
  /** Does some work, and gives how many operations that were. */
  readonly run: (contest: Contest) => Promise<number>;
  readonly roundsMax?: number | undefined;
  /** Messages come, so that others need another Maildir. Default false. */
  readonly isChanging?: boolean | undefined;
}

/** Maildirs that are as they were made, but for the lists that servers write, and how many messages they have. */
const unchanged = new Map<string, number>();

/** Makes a Maildir for a server, unless the last one is as good. */
function provide(server: MailServer, messages: number, isChanging: boolean): void {
  if (unchanged.get(server.maildir) !== messages) renew(server, messages);
  if (isChanging) unchanged.delete(server.maildir);
  else unchanged.set(server.maildir, messages);
}

/** One server per workload and round of the list, whose process stays. */
export function workloadOf(protocol: MailProtocol, work: MailWorkload): Workload {
  return {
    name: work.name,
    question: work.question,
    roundsMax: work.roundsMax,
    enter: (servers, options) =>
      enter(protocol, servers, async (server) => {
        provide(server, options.messages, work.isChanging === true);
        return lasting(protocol, server, work, options);
      }),
  };
}

/** A server that is started anew for each round: opening a mailbox is one operation. */
export function openingOf(
  protocol: MailProtocol,
  opening: Pick<MailWorkload, "name" | "question"> & {
    /** Nobody has ever looked at the Maildir; else its lists are there. */
    readonly isFirst: boolean;
    readonly open: (client: RawClient) => Promise<void>;
  },
): Workload {
  const { name, question } = opening;
  const begin = (server: MailServer, options: BenchOptions): Contestant => ({
    server: "",
    round: () => openOnce(protocol, server, opening, options),
    stop: async () => {},
  });
  return {
    name,
    question,
    roundsMax: 3,
    enter: (servers, options) =>
      enter(protocol, servers, async (server) => {
        provide(server, options.messages, false);
        return begin(server, options);
      }),
  };
}

async function enter(
  protocol: MailProtocol,
  servers: readonly string[],
  begin: (server: MailServer) => Promise<Contestant>,
): Promise<{ readonly contestants: readonly Contestant[]; readonly absent: Readonly<Record<string, string>> }> {
  keepToTheLoadsCore();
  const contestants: Contestant[] = [];
  const absent: Record<string, string> = {};
  for (const name of servers) {
    const server = mailServers[name]!(protocol);
    if (typeof server === "string") absent[name] = server;
    else contestants.push({ ...(await begin(server)), server: name });
  }
  return { contestants, absent };
}

async function lasting(
  protocol: MailProtocol,
  server: MailServer,
  work: MailWorkload,
  options: BenchOptions,
): Promise<Contestant> {
  const running = await server.start();
  const client = await login(protocol, running.port);
  const contest: Contest = { server, client, options, done: 0 };
  await work.begin(contest);
  return {
    server: "",
    round: (seconds) => measured(running, seconds, contest, work),
    async stop() {
      client.close();
      await running.stop();
    },
  };
}

async function measured(
  running: RunningServer,
  seconds: number,
  contest: Contest,
  work: MailWorkload,
): Promise<Sample> {
  const before = running.cpuMicroseconds();
  const start = performance.now();
  let operations = 0;
  do {
    const more = await work.run(contest);
    operations += more;
    contest.done += more;
  } while (performance.now() - start < seconds * 1_000);
  const took = (performance.now() - start) / 1_000;
  return {
    operations,
    seconds: took,
    cpuMicroseconds: running.cpuMicroseconds() - before,
    extra: { "wall µs/op": (took * 1e6) / operations, MiB: residentOctetsOf(running.pid) / 1_048_576 },
  };
}

async function openOnce(
  protocol: MailProtocol,
  server: MailServer,
  { isFirst, open }: { readonly isFirst: boolean; readonly open: (client: RawClient) => Promise<void> },
  options: BenchOptions,
): Promise<Sample> {
  if (isFirst) renew(server, options.messages);
  else await visit(protocol, server, open);
  const running = await server.start();
  const client = await login(protocol, running.port);
  const before = running.cpuMicroseconds();
  const start = performance.now();
  await open(client);
  const took = (performance.now() - start) / 1_000;
  const cpuMicroseconds = running.cpuMicroseconds() - before;
  const memory = residentOctetsOf(running.pid) / 1_048_576;
  client.close();
  await running.stop();
  return { operations: 1, seconds: took, cpuMicroseconds, extra: { "wall µs/op": took * 1e6, MiB: memory } };
}

/** So that what a server writes down for the next time is there. */
async function visit(
  protocol: MailProtocol,
  server: MailServer,
  open: (client: RawClient) => Promise<void>,
): Promise<void> {
  const running = await server.start();
  const client = await login(protocol, running.port);
  await open(client);
  client.close();
  await running.stop();
}

/** For POP3 the login opens the mailbox, and is part of what is measured there. */
async function login(protocol: MailProtocol, port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  if (protocol === "imap") await client.imap("LOGIN alice wonderland");
  return client;
}
