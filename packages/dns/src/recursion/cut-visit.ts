import type { Instant } from "@hawser/core";
import type { DnsServerPlace } from "../client/exchanger.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { RecursionInfrastructure } from "./infrastructure.ts";
import { keyOf } from "./server-table.ts";
import type { ZoneCut } from "./zone-cut.ts";

/** A server that may be asked. */
interface Candidate {
  readonly place: DnsServerPlace;
  readonly handicapMs: number;
}

/** Questions to one server of a zone for one name when nothing comes: the fewer there are, the more each gets. */
const attemptsPerServer = (serverCount: number): number => (serverCount > 2 ? 2 : 3);

/** The servers of one zone while they are asked about one name: who was asked, who is left, whose addresses are missing. */
export class CutVisit {
  readonly cut: ZoneCut;
  readonly #shared: RecursionInfrastructure;
  readonly #addressesOf: (name: DomainName) => readonly string[];
  readonly #attempts = new Map<string, number>();
  readonly #useless = new Set<string>();
  readonly #lookedUp = new Set<string>();
  #attemptsLeft: number;

  constructor(cut: ZoneCut, shared: RecursionInfrastructure, addressesOf: (name: DomainName) => readonly string[]) {
    this.cut = cut;
    this.#shared = shared;
    this.#addressesOf = addressesOf;
    this.#attemptsLeft = shared.bounds.attemptsMax;
  }

  /** The server to ask next: one that was asked least; those that serve the zone badly come last. */
  choose(now: Instant): DnsServerPlace | undefined {
    if (this.#attemptsLeft === 0) return undefined;
    const { servers } = this.#shared;
    const all = this.#candidates();
    const usable = all.filter(({ place }) => this.#isUsable(place, attemptsPerServer(all.length), now));
    const good = usable.filter(
      ({ place }) => !servers.isBad(place, this.cut.zone, now) && !servers.isFamilyDown(place, now),
    );
    const choice = good.length > 0 ? good : usable;
    if (choice.length === 0) return undefined;
    const least = Math.min(...choice.map(({ place }) => this.attemptsAt(place)));
    return servers.choose(choice.filter(({ place }) => this.attemptsAt(place) === least)).place;
  }

  attemptsAt(place: DnsServerPlace): number {
    return this.#attempts.get(keyOf(place)) ?? 0;
  }

  asked(place: DnsServerPlace): void {
    this.#attempts.set(keyOf(place), this.attemptsAt(place) + 1);
    this.#attemptsLeft--;
  }

  /** The server gave an answer, which leads to another question. */
  served(place: DnsServerPlace): void {
    this.#attempts.delete(keyOf(place));
    this.#attemptsLeft = this.#shared.bounds.attemptsMax;
  }

  /** The server is not asked about this name again. */
  drop(place: DnsServerPlace): void {
    this.#useless.add(keyOf(place));
  }

  /** Name servers without an address, whose addresses were not looked up for this visit: a few of them, in any order. */
  takeNameless(count: number, random: (below: number) => number): readonly DomainName[] {
    const missing = this.#names().filter((name) => !this.#lookedUp.has(name.key) && this.#hostsOf(name).length === 0);
    const taken: DomainName[] = [];
    const countMax = Math.min(count, this.#shared.bounds.gluelessMax - this.#lookedUp.size);
    while (taken.length < countMax && missing.length > 0) taken.push(...missing.splice(random(missing.length), 1));
    for (const name of taken) this.#lookedUp.add(name.key);
    return taken;
  }

  #isUsable(place: DnsServerPlace, attemptsMax: number, now: Instant): boolean {
    if (this.#useless.has(keyOf(place)) || this.attemptsAt(place) >= attemptsMax) return false;
    return !this.#shared.servers.isSilent(place, now);
  }

  #names(): readonly DomainName[] {
    return this.cut.names.slice(0, this.#shared.bounds.nameServersMax);
  }

  #candidates(): readonly Candidate[] {
    const { places } = this.cut;
    if (places.length > 0) return places.map((place) => ({ place, handicapMs: 0 }));
    const hosts = new Set(this.#names().flatMap((name) => this.#hostsOf(name)));
    return [...hosts].map((host) => this.#candidate(host));
  }

  #candidate(host: string): Candidate {
    const handicapMs = host.includes(":") ? 0 : this.#shared.ipv6AdvantageMs;
    return { place: { transport: "udp", host, port: this.#shared.port }, handicapMs };
  }

  #hostsOf(name: DomainName): readonly string[] {
    const { bounds, families, isNeverAsked } = this.#shared;
    const all = [...this.#addressesOf(name), ...(this.cut.glue.get(name.key) ?? [])];
    const usable = all.filter((host) => families === "both" || (families === "ipv6") === host.includes(":"));
    return [...new Set(usable)].filter((host) => !isNeverAsked(host)).slice(0, bounds.addressesMax);
  }
}
