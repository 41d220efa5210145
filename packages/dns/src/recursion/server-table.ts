import type { Instant, Random } from "@hawser/core";
import { SieveMap } from "../cache/sieve-map.ts";
import type { DnsServerPlace } from "../client/exchanger.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { RecursionBounds } from "./limits.ts";

/** What is known of one address: how fast it is, and what it can do (RFC 1035 §7.2, RFC 6298). */
interface ServerState {
  srttMs: number | undefined;
  varianceMs: number;
  /** Questions in a row that had no answer. */
  timeouts: number;
  /** When the first of them was. */
  silentSince: Instant;
  /** It is left alone until then. */
  silentUntil: Instant;
  /** Whether it answers questions with EDNS: proven, or proven not until then. */
  knowsEdns: boolean;
  noEdnsUntil: Instant;
}

const serversMax = 50_000;
/**
 * Silence after so many questions without an answer, over so many milliseconds: what is asked at once may be lost at once. One
 * more is asked when it is over (Unbound's probing).
 */
const timeoutsMax = 4;
const timeoutsMs = 5_000;
const silenceMs = 5_000;
const silenceMsMax = 300_000;
/** How long a server counts as one that does not know EDNS, in ms: it may be mended. */
const noEdnsMs = 600_000;
/** After so many faults in a row, with no answer between them, a family of addresses is left alone for so many milliseconds. */
const familyFaultsMax = 3;
const familyDownMs = 60_000;
/** How long a server is asked in plain letters about a zone, after it gave nothing for mixed ones, in ms. */
const caseDoubtMs = 600_000;
/** Timeouts that look as if EDNS were what is not answered. */
const ednsTimeoutsMax = 2;
/** How much slower a server must be than the best to be left out, in ms; and how often another is tried all the same. */
const bandMs = 30;
const explorationChance = 0.05;

/** What is known of all servers, and of those that serve some zone badly. */
export class ServerTable {
  readonly #servers = new SieveMap<string, ServerState>({ entriesMax: serversMax });
  readonly #bad = new SieveMap<string, Instant>({ entriesMax: serversMax });
  readonly #caseDoubts = new SieveMap<string, Instant>({ entriesMax: serversMax });
  readonly #families = {
    ipv4: { faults: 0, downUntil: Number.NEGATIVE_INFINITY },
    ipv6: { faults: 0, downUntil: Number.NEGATIVE_INFINITY },
  };
  readonly #random: Random;
  readonly #bounds: RecursionBounds;

  constructor(random: Random, bounds: RecursionBounds) {
    this.#random = random;
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#servers.size;
  }

  /** A server answered after so many milliseconds; with EDNS when it was asked so, or in spite of it not. */
  answered(
    place: DnsServerPlace,
    ms: number,
    edns: { readonly asked: boolean; readonly given: boolean },
    now: Instant,
  ): void {
    this.#families[familyOf(place)].faults = 0;
    const state = this.#state(place);
    const wasSilent = state.timeouts > 0;
    if (edns.given) state.knowsEdns = true;
    else if (!edns.asked && !state.knowsEdns && state.timeouts >= ednsTimeoutsMax) state.noEdnsUntil = now + noEdnsMs;
    state.timeouts = 0;
    state.silentUntil = Number.NEGATIVE_INFINITY;
    if (state.srttMs === undefined || wasSilent) {
      state.srttMs = ms;
      state.varianceMs = ms / 2;
      return;
    }
    state.varianceMs += (Math.abs(state.srttMs - ms) - state.varianceMs) / 4;
    state.srttMs += (ms - state.srttMs) / 8;
  }

  /** A server did not answer: it counts as slower, and is left alone when that goes on. */
  silent(place: DnsServerPlace, now: Instant): void {
    const state = this.#state(place);
    if (state.timeouts++ === 0) state.silentSince = now;
    state.srttMs = Math.min(Math.max((state.srttMs ?? this.#bounds.exchangeMs) * 2, bandMs), 60_000);
    if (state.timeouts < timeoutsMax || now - state.silentSince < timeoutsMs) return;
    state.silentUntil = now + Math.min(silenceMs * 2 ** (state.timeouts - timeoutsMax), silenceMsMax);
  }

  /** A server cannot be reached from here: when that is said of several, the fault is the whole family's. */
  unreachable(place: DnsServerPlace, now: Instant): void {
    const family = this.#families[familyOf(place)];
    family.faults++;
    if (family.faults >= familyFaultsMax) family.downUntil = now + familyDownMs;
    this.silent(place, now);
  }

  /** Whether there is no way out of here to servers with such an address. */
  isFamilyDown(place: DnsServerPlace, now: Instant): boolean {
    return this.#families[familyOf(place)].downUntil > now;
  }

  isSilent(place: DnsServerPlace, now: Instant): boolean {
    return (this.#servers.peek(keyOf(place))?.silentUntil ?? now) > now;
  }

  /** A server said that it does not know EDNS (RFC 6891 §7). */
  refusesEdns(place: DnsServerPlace, now: Instant): void {
    this.#state(place).noEdnsUntil = now + noEdnsMs;
  }

  /** Whether to ask with EDNS: not those that refuse it, nor those that never answered while they were asked with it. */
  takesEdns(place: DnsServerPlace, now: Instant): boolean {
    const state = this.#servers.peek(keyOf(place));
    if (state === undefined || state.knowsEdns) return state === undefined || state.noEdnsUntil <= now;
    return state.noEdnsUntil <= now && state.timeouts < ednsTimeoutsMax;
  }

  /** A server gave nothing for a zone: it may be one of those that cannot do with letters of mixed case. */
  doubtCase(place: DnsServerPlace, zone: DomainName, now: Instant): void {
    const key = badKey(place, zone);
    this.#caseDoubts.set(key, now + caseDoubtMs, 100 + 2 * key.length);
  }

  /** Whether to ask in letters of mixed case. Doubts count for one zone: else anybody's zone could take that guard off a server. */
  takesCase(place: DnsServerPlace, zone: DomainName, now: Instant): boolean {
    return (this.#caseDoubts.peek(badKey(place, zone)) ?? now) <= now;
  }

  /** A server serves a zone badly for so many milliseconds: it is asked about it when no other is left. */
  markBad(place: DnsServerPlace, zone: DomainName, now: Instant, ms: number): void {
    const key = badKey(place, zone);
    this.#bad.set(key, now + ms, 100 + 2 * key.length);
  }

  isBad(place: DnsServerPlace, zone: DomainName, now: Instant): boolean {
    return (this.#bad.peek(badKey(place, zone)) ?? now) > now;
  }

  /** How long to wait for an answer, in ms; twice as long for each time before. */
  patienceMs(place: DnsServerPlace, attemptsBefore: number): number {
    const { exchangeMs, exchangeMsMin, exchangeMsMax } = this.#bounds;
    const state = this.#servers.peek(keyOf(place));
    const isKnown = state?.srttMs !== undefined && state.timeouts === 0;
    const base = isKnown ? Math.max(state.srttMs! + 4 * state.varianceMs, exchangeMsMin) : exchangeMs;
    return Math.min(base * 2 ** attemptsBefore, exchangeMsMax);
  }

  /** One of the fastest, and sometimes another: so that servers which became fast are found out. There must be one. */
  choose<Server extends { readonly place: DnsServerPlace; readonly handicapMs: number }>(
    servers: readonly Server[],
  ): Server {
    if (servers.length === 1) return servers[0]!;
    if (this.#random.number() < explorationChance) return this.#any(servers);
    const speeds = servers.map(({ place, handicapMs }) => this.#speedMs(place) + handicapMs);
    const best = Math.min(...speeds);
    return this.#any(servers.filter((_, at) => speeds[at]! <= best + bandMs));
  }

  #any<Server>(servers: readonly Server[]): Server {
    return servers[this.#random.integer(0, servers.length)]!;
  }

  /** Servers that nobody knows come first: they may be fast. */
  #speedMs(place: DnsServerPlace): number {
    return this.#servers.peek(keyOf(place))?.srttMs ?? 0;
  }

  #state(place: DnsServerPlace): ServerState {
    const key = keyOf(place);
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const state: ServerState = {
      srttMs: undefined,
      varianceMs: 0,
      timeouts: 0,
      silentSince: 0,
      silentUntil: Number.NEGATIVE_INFINITY,
      knowsEdns: false,
      noEdnsUntil: Number.NEGATIVE_INFINITY,
    };
    this.#servers.set(key, state, 300);
    return state;
  }
}

/** A key for maps: equal for the same way to the same server. */
export function keyOf({ transport, host, port }: DnsServerPlace): string {
  return `${transport} ${host} ${port}`;
}

function familyOf({ host }: DnsServerPlace): "ipv4" | "ipv6" {
  return host.includes(":") ? "ipv6" : "ipv4";
}

function badKey(place: DnsServerPlace, zone: DomainName): string {
  return `${keyOf(place)} ${zone.key}`;
}
