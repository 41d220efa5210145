import type { Instant } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { type DomainName, nameOfWire, rootName } from "../name/domain-name.ts";
import type { NsData } from "../records/ns.ts";
import { DnsType, dnsTypeName } from "../records/types.ts";
import { DnsClass, DnsRcode } from "../words.ts";
import { CutVisit } from "./cut-visit.ts";
import type { PositiveEntry, RecursionEntry } from "./entries.ts";
import type { ExchangeFailure, ResolutionAsk } from "./exchange.ts";
import type { RecursionFailure } from "./failures.ts";
import type { RecursionInfrastructure } from "./infrastructure.ts";
import { aliasEntry, answerEntry, denialEntry } from "./make-entries.ts";
import { Minimisation } from "./minimisation.ts";
import { readGlue, type ZoneReferral } from "./read-referral.ts";
import { type ReplyReading, type ReplyRefusal, readReply } from "./read-reply.ts";
import { isConfigured, type ZoneCut } from "./zone-cut.ts";

/** What a lookup led to: aliases on the way, and what stands at their end. */
export type LookupOutcome =
  | { readonly type: "found"; readonly links: readonly PositiveEntry[]; readonly entry: RecursionEntry }
  | { readonly type: "failed"; readonly failure: RecursionFailure };

/** What a lookup wants before it can go on. */
export type LookupNeed =
  | { readonly type: "addresses"; readonly names: readonly DomainName[] }
  | { readonly type: "ask"; readonly ask: ResolutionAsk }
  | { readonly type: "done"; readonly outcome: LookupOutcome }
  | { readonly type: "wait" };

/** What a lookup shares with others of the same question. */
export interface LookupContext {
  readonly shared: RecursionInfrastructure;
  readonly random: (below: number) => number;
  /** 0 for the question itself; else it looks for the address of a name server. */
  readonly depth: number;
  /** When the resolution began. */
  readonly startedAt: Instant;
  /** Addresses of a name server, as far as they are known. */
  readonly addressesOf: (name: DomainName, now: Instant) => readonly string[];
  /** Whether an answer with these records may be given (DNS rebinding). */
  readonly isRefused: (name: DomainName, entry: RecursionEntry) => boolean;
}

/** How long servers are asked about a zone last, in ms: who does not serve it, who fails, and who talks nonsense. */
const badMs = { lame: 300_000, failing: 30_000, broken: 60_000 } as const;

/** How often servers of a zone above are asked again who serves a dead one, in ms (RFC 9520 §3.3). */
const againAtParentMs = 60_000;

/** One name and one type on their way down from the root: asks server after server, and follows referrals and aliases. */
export class Lookup {
  readonly name: DomainName;
  readonly type: number;
  readonly context: LookupContext;
  /** Lookups of addresses that this one waits for. */
  readonly waitsFor: Set<Lookup> = new Set();
  outcome: LookupOutcome | undefined;
  /** Something was left undone that was being looked for elsewhere, or could not be afforded. */
  isHampered = false;
  #sought: DomainName;
  #isAsking = false;
  #visit: CutVisit | undefined;
  /** What is known counts for nothing. */
  readonly #isRefresh: boolean;
  readonly #minimisation: Minimisation;
  #delegations = 0;
  #lastFault: string | undefined;
  readonly #links: PositiveEntry[] = [];
  readonly #seen = new Set<string>();
  readonly #askedAgain = new Set<string>();

  constructor(name: DomainName, type: number, context: LookupContext, options: { readonly refresh?: boolean } = {}) {
    this.name = name;
    this.type = type;
    this.context = context;
    this.#sought = plainName(name);
    this.#isRefresh = options.refresh ?? false;
    this.#minimisation = new Minimisation(this.#sought, context.shared.minimise);
  }

  /** Goes on as far as it can without the answer of anybody. */
  step(now: Instant): LookupNeed {
    if (this.#isAsking) return { type: "wait" };
    while (this.outcome === undefined) {
      this.#visit ??= this.#begin(now);
      if (this.#visit === undefined) continue;
      this.#skipKnownParts(now);
      const place = this.#visit.choose(now);
      if (place !== undefined) return this.#ask(place, this.#visit, now);
      if (this.waitsFor.size > 0) return { type: "wait" };
      const { gluelessAtOnceMax } = this.context.shared.bounds;
      const names = this.#visit.takeNameless(gluelessAtOnceMax, this.context.random);
      if (names.length > 0) return { type: "addresses", names };
      this.#leave(this.#visit.cut, now);
    }
    return { type: "done", outcome: this.outcome };
  }

  /** A server answered, or did not. */
  answered(ask: ResolutionAsk, reply: DnsMessage | ExchangeFailure, now: Instant): void {
    this.#isAsking = false;
    if (this.outcome !== undefined || this.#visit === undefined) return;
    if ("type" in reply) return this.#unanswered(ask, reply, now);
    const edns = { asked: ask.withEdns, given: reply.edns !== undefined };
    this.context.shared.servers.answered(ask.place, Math.max(0, now - ask.askedAt), edns, now);
    const { cut } = this.#visit;
    const reading = readReply(reply, {
      name: ask.name,
      type: ask.type,
      zone: cut.zone,
      isForwarder: cut.mode === "forward",
      aliasesMax: this.context.shared.bounds.aliasesMax,
    });
    if (reading.type === "refusal") return this.#refused(ask, reading, now);
    this.#visit.served(ask.place);
    if (reading.type === "referral") return this.#referred(cut, reading.referral, now);
    if (ask.name.equals(this.#sought) && ask.type === this.type) return this.#settle(reading, reply, cut, now);
    this.#settlePart(ask, reading, now);
  }

  /** Ends in failure. */
  fail(text: string, more: Partial<Omit<RecursionFailure, "text">> = {}): void {
    const failure = { infoCodes: [ExtendedDnsError.other], isCircumstantial: this.isHampered, ...more, text };
    this.outcome ??= { type: "failed", failure };
  }

  /** Answers from what is known, follows known aliases, or finds out whom to ask. */
  #begin(now: Instant): CutVisit | undefined {
    const { shared } = this.context;
    const name = this.#sought;
    const entry = this.#known(now);
    if (entry !== undefined) {
      this.#accept(entry);
      return undefined;
    }
    const isBeside = this.context.depth > 0 || this.#links.length > 0; // of the question itself somebody else saw to that
    const failure = isBeside ? shared.failures.find(name, this.type, now) : undefined;
    if (failure !== undefined) {
      this.outcome = { type: "failed", failure };
      return undefined;
    }
    return this.#enter(shared.cuts.closest(name, this.type, now), now);
  }

  #known(now: Instant): RecursionEntry | undefined {
    const { shared } = this.context;
    const name = this.#sought;
    const zone = shared.localZoneOf(name);
    if (zone !== undefined) return shared.localZones.answer(zone, name, this.type);
    if (this.#isRefresh) return undefined;
    return shared.cache.find(name, this.type, now) ?? shared.cache.denialAbove(name, now);
  }

  /** An entry that answers, or leads on. */
  #accept(entry: RecursionEntry): void {
    if (entry.type === "positive" && entry.target !== undefined && this.type !== DnsType.CNAME)
      return this.#follow(entry, entry.target);
    this.outcome = { type: "found", links: this.#links, entry };
  }

  #follow(link: PositiveEntry, target: DomainName): void {
    const { depth, shared } = this.context;
    if (depth > 0) return this.fail(`The name server ${this.name} is an alias (RFC 2181 §10.3)`);
    this.#seen.add(this.#sought.key);
    this.#links.push(link);
    if (this.#seen.has(target.key)) return this.fail(`The aliases of ${this.name} lead back to ${target}`);
    if (this.#links.length > shared.bounds.aliasesMax) return this.fail(`${this.name} has too many aliases in a row`);
    this.#sought = plainName(target);
    this.#visit = undefined;
    this.#minimisation.follow(this.#sought);
  }

  #enter(cut: ZoneCut, now: Instant): CutVisit {
    const { shared, addressesOf } = this.context;
    if (cut.mode === "forward") this.#minimisation.giveUp();
    this.#minimisation.enter(cut.zone);
    this.#lastFault = undefined;
    this.waitsFor.clear();
    return new CutVisit(cut, shared, (name) => addressesOf(name, now));
  }

  /** Parts of the name that are known not to be zones need not be asked for. */
  #skipKnownParts(now: Instant): void {
    const { cache } = this.context.shared;
    while (!this.#minimisation.isWhole) {
      const entry = cache.find(this.#minimisation.shown, DnsType.A, now);
      if (entry === undefined || (entry.type === "negative" && entry.rcode !== DnsRcode.noError)) return;
      this.#minimisation.advance();
    }
  }

  #ask(place: ResolutionAsk["place"], visit: CutVisit, now: Instant): LookupNeed {
    const { shared } = this.context;
    const name = this.#minimisation.shown;
    const type = this.#minimisation.isWhole ? this.type : DnsType.A;
    const timeoutMs = shared.servers.patienceMs(place, visit.attemptsAt(place));
    visit.asked(place);
    this.#isAsking = true;
    const withEdns = shared.servers.takesEdns(place, now);
    const mixedCase = shared.servers.takesCase(place, visit.cut.zone, now);
    const message: DnsMessageInit = {
      recursionDesired: visit.cut.mode === "forward",
      questions: [{ name, type: dnsTypeName(type), class: DnsClass.in }],
      edns: withEdns ? { dnssecOk: shared.dnssecOk } : undefined,
    };
    const { zone } = visit.cut;
    return { type: "ask", ask: { place, zone, name, type, message, withEdns, mixedCase, timeoutMs, askedAt: now } };
  }

  #unanswered({ place, zone }: ResolutionAsk, { code, text }: ExchangeFailure, now: Instant): void {
    if (code === "busy") {
      this.isHampered = true;
      return this.fail(`Cannot ask about ${zone}: ${text}`, { isMomentary: true });
    }
    const { servers } = this.context.shared;
    if (code === "broken") servers.markBad(place, zone, now, badMs.broken);
    else if (code === "unreachable") servers.unreachable(place, now);
    else servers.silent(place, now);
    if (code !== "timed-out") this.#visit!.drop(place);
    this.#lastFault = `${place.host}: ${text}`;
  }

  #refused(ask: ResolutionAsk, { why, text }: ReplyRefusal, now: Instant): void {
    const { servers } = this.context.shared;
    const { place, zone } = ask;
    this.#lastFault = `${place.host}: ${text}`;
    if (why === "no-edns" && ask.withEdns) return servers.refusesEdns(place, now);
    if (ask.mixedCase && why !== "broken") return servers.doubtCase(place, zone, now);
    if (ask.type !== this.type || !ask.name.equals(this.#sought)) return this.#minimisation.giveUp();
    servers.markBad(place, zone, now, badMs[why === "no-edns" ? "failing" : why]);
    this.#visit!.drop(place);
  }

  #referred(above: ZoneCut, referral: ZoneReferral, now: Instant): void {
    const { shared } = this.context;
    this.#delegations++;
    if (this.#delegations > shared.bounds.delegationsMax) return this.fail(`${this.name} is delegated too often`);
    const learned = shared.cuts.learn(referral, above, now);
    const isSplit = shared.cuts.isConfiguredBelow(this.#sought, learned.zone);
    const cut = isSplit ? shared.cuts.closest(this.#sought, this.type, now) : learned;
    this.#visit = this.#enter(cut, now);
  }

  /** The question itself is answered. */
  #settle(
    reading: Exclude<ReplyReading, { readonly type: "referral" | "refusal" }>,
    message: DnsMessage,
    cut: ZoneCut,
    now: Instant,
  ): void {
    const { cache, cuts } = this.context.shared;
    if (reading.type === "negative") {
      const entry = denialEntry(reading, now);
      cache.put(this.#sought, this.type, entry, now);
      this.outcome = { type: "found", links: this.#links, entry };
      return;
    }
    for (const link of reading.links) {
      const entry = aliasEntry(link, reading.isAuthoritative, now);
      cache.put(this.#sought, DnsType.CNAME, entry, now);
      this.#follow(entry, link.target);
      if (this.outcome !== undefined || !this.#isToldBy(cut, now)) return;
    }
    if (reading.type === "alias") return;
    const entry = answerEntry(reading, now);
    if (!isConfigured(cut) && this.context.isRefused(this.#sought, entry))
      return this.fail(`${this.#sought} has an address of a private network`, {
        infoCodes: [ExtendedDnsError.blocked],
      });
    if (this.#sought.isRoot && this.type === DnsType.NS && cut.mode === "hints") {
      const names = reading.found.records.map((record) => (record.data as NsData).nameServer);
      cuts.prime({ zone: rootName, names, glue: readGlue(message, names, rootName), ttl: entry.set.ttl }, now);
    }
    cache.put(this.#sought, this.type, entry, now);
    this.outcome = { type: "found", links: this.#links, entry };
  }

  /** Whether an alias stayed with those who answered: zones of ours, and of the operator's, are not theirs to tell of. */
  #isToldBy({ zone }: ZoneCut, now: Instant): boolean {
    const { shared } = this.context;
    if (shared.localZoneOf(this.#sought) !== undefined) return false;
    const closest = shared.cuts.closest(this.#sought, this.type, now);
    return !isConfigured(closest) || closest.zone.equals(zone);
  }

  /** A part of the name is answered: it is no zone, and more of the name must be shown (RFC 9156 §2.3). */
  #settlePart(
    ask: ResolutionAsk,
    reading: Exclude<ReplyReading, { readonly type: "referral" | "refusal" }>,
    now: Instant,
  ): void {
    if (reading.type === "negative" && reading.rcode !== DnsRcode.noError) return this.#minimisation.giveUp();
    if (reading.type === "negative") this.context.shared.cache.put(ask.name, ask.type, denialEntry(reading, now), now);
    this.#minimisation.advance();
  }

  /** No server of the zone is left: asks those above who serves it now, if that was long ago; else it is a failure. */
  #leave({ zone, mode, learnedAt }: ZoneCut, now: Instant): void {
    const { shared, startedAt } = this.context;
    const isOld = mode === "delegation" && learnedAt < startedAt && learnedAt + againAtParentMs <= now;
    if (isOld && !this.#askedAgain.has(zone.key)) {
      this.#askedAgain.add(zone.key);
      shared.cuts.forget(zone);
      this.#visit = undefined;
      return;
    }
    const { noReachableAuthority, networkError } = ExtendedDnsError;
    const infoCodes = this.#lastFault === undefined ? [noReachableAuthority] : [noReachableAuthority, networkError];
    const reason = this.#lastFault ?? "none of them has an address that may be asked now";
    this.fail(`No server of ${zone} gives an answer: ${reason}`, { infoCodes });
  }
}

/** In lower case: servers need not see in which letters somebody asked. */
function plainName(name: DomainName): DomainName {
  return nameOfWire(name.key);
}
