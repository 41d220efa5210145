import type { Clock } from "../clock.ts";
import { type ConnectOptions, connect } from "../connect.ts";
import type { Endpoint } from "../endpoints/endpoint.ts";
import type { Factory } from "../factory.ts";
import { type ListenOptions, listen } from "../listen.ts";
import type { Listener } from "../listener.ts";
import { tableNames } from "../memory/table-names.ts";
import type { Names } from "../names.ts";
import type { Random } from "../random.ts";
import type { Receiver, Transport } from "../transport.ts";
import { checkFaults, type SimulatedFaults } from "./faults.ts";
import { SimulatedHost, type SimulatedHostOptions } from "./host.ts";
import { runWorld, type WorldLimits } from "./run.ts";
import { SeededRandom } from "./seeded-random.ts";
import { defaultSeed, type Seed } from "./seeds.ts";
import { type LinkFaults, SimulatedMedium } from "./simulated-medium.ts";
import type { LookupFaults } from "./simulated-names.ts";
import { Timeline } from "./timeline.ts";
import { WorldTrace } from "./world-event.ts";

/** What a {@link World} is made of: its seed, its faults, its names and its limits. Without options it is a good network. */
export interface SimulationOptions extends SimulatedFaults, LookupFaults, SimulatedHostOptions, WorldLimits {
  /** Decides everything that chance decides. Default: `HAWSER_SEED` from the environment, else 1. */
  readonly seed?: Seed | undefined;
  /** Faults of one direction between two hosts, beside those for all: `{ "client>server": { latencyMs: 300 } }`. */
  readonly links?: LinkFaults | undefined;
  /** How long TCP repeats itself, unheard, before it reports `timed-out`. Default 120,000 ms. */
  readonly giveUpMs?: number | undefined;
  /** Names beside those of the hosts. */
  readonly names?: Readonly<Record<string, readonly string[]>> | undefined;
  /** How many octets of content the trace keeps. Default 16 MiB. */
  readonly traceOctetsMax?: number | undefined;
}

const giveUpMsDefault = 120_000;

/** The host that is meant where none is named. */
const homeName = "home";

/**
 * A world of its own: hosts, a network between them, and one virtual time that a seed and the code decide. The same
 * seed and the same code give the same run, octet for octet.
 */
export class World {
  readonly seed: Seed;
  readonly trace: WorldTrace;
  /** @internal */
  readonly timeline: Timeline = new Timeline();
  /** @internal */
  readonly medium: SimulatedMedium;
  readonly #options: SimulationOptions;
  readonly #random: SeededRandom;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #addresses: Map<string, readonly string[]>;
  readonly #names: Names;
  readonly #listeners: Listener[] = [];
  #testRandom: Random | undefined;

  constructor(options: SimulationOptions = {}) {
    checkFaults(options);
    for (const faults of Object.values(options.links ?? {})) checkFaults(faults);
    this.#options = options;
    this.seed = options.seed ?? defaultSeed();
    this.trace = new WorldTrace(options.traceOctetsMax);
    this.#random = new SeededRandom(String(this.seed));
    this.#addresses = new Map(Object.entries(options.names ?? {}));
    this.#names = tableNames(this.#addresses);
    this.medium = new SimulatedMedium({
      timeline: this.timeline,
      random: this.#random,
      trace: this.trace,
      giveUpMs: options.giveUpMs ?? giveUpMsDefault,
      faults: options,
      links: options.links ?? {},
    });
    this.host(homeName);
  }

  /** The host `home`, for programs that need one only. */
  get reactor(): SimulatedHost {
    return this.host(homeName);
  }

  get clock(): Clock {
    return this.reactor.clock;
  }

  /** For the test's own choices: a stream that no host draws from. */
  get random(): Random {
    this.#testRandom ??= this.#random.fork("test");
    return this.#testRandom;
  }

  /** How many things have happened. */
  get steps(): number {
    return this.timeline.steps;
  }

  get hosts(): Iterable<SimulatedHost> {
    return this.#hosts.values();
  }

  /** The host of this name, made when it is first asked for; others reach it by that name. Options count when it is made. */
  host(name: string, options: SimulatedHostOptions = {}): SimulatedHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const place = {
      name,
      number: this.#hosts.size + 1,
      timeline: this.timeline,
      random: this.#random.fork(`host ${name}`),
      medium: this.medium,
      names: this.#names,
      lookups: this.#options,
    };
    const host = new SimulatedHost(place, { ...this.#options, ...options });
    this.#hosts.set(name, host);
    this.#addresses.set(name.toLowerCase(), [host.address, host.address6]);
    this.medium.add(host);
    return host;
  }

  /** {@link listen} on the host `home`, or on `options.reactor`. The listener is stopped at the end of the run. */
  async listen(endpoint: string, factory: Factory, options: ListenOptions = {}): Promise<Listener> {
    const listener = await listen(endpoint, factory, { reactor: this.reactor, ...options });
    this.#listeners.push(listener);
    return listener;
  }

  /** {@link connect} from the host `home`, or from `options.reactor`. */
  connect(
    endpoint: string | Endpoint,
    receiver?: Receiver | undefined,
    options: ConnectOptions = {},
  ): Promise<Transport> {
    return connect(endpoint, receiver, { reactor: this.reactor, ...options });
  }

  /** Adds to the faults of all paths, or of one (`client>server`); from now on. */
  setFaults(faults: SimulatedFaults, link?: string): void {
    checkFaults(faults);
    this.medium.change(faults, link);
    this.#note(`faults ${link ?? "everywhere"}: ${JSON.stringify(faults)}`);
  }

  /** Resets every connection, those of a link only when one is named, that has carried so many octets one way. */
  resetAfter(octets: number, link?: string): void {
    this.setFaults({ resetAfterOctets: octets }, link);
  }

  /** Cuts the network between two hosts: nothing gets through until {@link heal}. */
  partition(one: string, other: string, options: { readonly oneWay?: boolean | undefined } = {}): void {
    this.medium.path(one, other).block();
    if (options.oneWay !== true) this.medium.path(other, one).block();
    this.#note(`partition ${one}${options.oneWay ? ">" : "|"}${other}`);
  }

  /** Ends a partition; without hosts, all of them. */
  heal(one?: string, other?: string): void {
    this.#note(one === undefined ? "heal" : `heal ${one}|${other}`);
    if (one === undefined || other === undefined) return this.medium.healAll();
    this.medium.path(one, other).heal();
    this.medium.path(other, one).heal();
  }

  /** This end of a connection is gone without a word, as when its power fails: the other side learns of it only by silence. */
  vanish(transport: Transport): void {
    const end = this.medium.sideOf(transport);
    if (end === undefined) throw new TypeError("Cannot make a transport vanish: it is not of this world");
    this.#note(`${end.side} of connection ${end.connection.options.number} vanishes`);
    end.connection.vanish(end.side);
  }

  /**
   * Runs a body in this world: whenever all code waits, time jumps to the next thing that happens. Ends with the body,
   * after what is under way has arrived and the listeners of {@link World.listen} are stopped; then nothing may be open.
   */
  run<Result>(body: (world: World) => Promise<Result>): Promise<Result> {
    return runWorld(this, this.#options, () => body(this));
  }

  /** @internal */
  async stopListeners(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
  }

  #note(text: string): void {
    this.trace.add({ type: "note", at: this.timeline.now, text });
  }
}

/** Makes a world. Most tests want {@link simulate}. */
export function simulation(options: SimulationOptions = {}): World {
  return new World(options);
}

/**
 * Runs a body in a world of its own: a network as bad as the options say, in virtual time. A failure's text begins with
 * the command that replays it.
 */
export async function simulate<Result>(
  options: SimulationOptions,
  body: (world: World) => Promise<Result>,
): Promise<Result> {
  return simulation(options).run(body);
}
