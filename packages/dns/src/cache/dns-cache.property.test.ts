import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { bareResponse, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";
import { DnsCache, type DnsCacheQuestion } from "./dns-cache.ts";

/** An answer, and what makes it one for the naive cache. */
interface Given {
  readonly response: DnsResponse;
  readonly outcome: "answer" | "denial" | "failure";
  readonly seconds: number;
}

/** The rules as a list that is searched from its end. */
class NaiveCache {
  readonly #denyBelow: boolean;
  #kept: (Given & { readonly question: DnsCacheQuestion; readonly at: number })[] = [];

  constructor(denyBelow: boolean) {
    this.#denyBelow = denyBelow;
  }

  put(question: DnsCacheQuestion, given: Given, at: number): void {
    if (given.outcome === "failure" && this.get(question, at) !== undefined) return;
    if (given.outcome !== "failure") this.#kept = this.#kept.filter((one) => !this.#contradicts(given, question, one));
    if (given.seconds > 0) this.#kept.push({ ...given, question, at });
  }

  /** The answer, and whether it is stale. */
  get(question: DnsCacheQuestion, at: number): readonly [Given, boolean] | undefined {
    const alive = this.#kept.filter(
      (one) => at < one.at + 1000 * (one.seconds + (one.outcome === "failure" ? 0 : 100)),
    );
    const isFresh = (one: (typeof alive)[number]): boolean => at < one.at + 1000 * one.seconds;
    const same = alive.filter((one) => one.question.name.equals(question.name));
    const own = same.filter((one) => one.outcome !== "denial" && one.question.type === question.type);
    const denials = same.filter((one) => one.outcome === "denial");
    const above = this.#denyBelow
      ? alive.filter((one) => one.outcome === "denial" && isFresh(one) && question.name.isBelow(one.question.name))
      : [];
    const nearest = above.sort((a, b) => b.question.name.octetCount - a.question.name.octetCount);
    const fresh = [...own.filter(isFresh), ...denials.filter(isFresh), ...nearest][0];
    if (fresh !== undefined) return [fresh, false];
    const stale = [...own, ...denials].sort((a, b) => b.at - a.at)[0];
    return stale && [stale, true];
  }

  #contradicts(
    given: Given,
    question: DnsCacheQuestion,
    old: { question: DnsCacheQuestion; outcome: string },
  ): boolean {
    const isSame = old.question.name.equals(question.name);
    if (old.outcome !== "denial") return isSame && old.question.type === question.type;
    if (given.outcome === "denial") return isSame && given.seconds > 0;
    return isSame || (this.#denyBelow && question.name.isBelow(old.question.name));
  }
}

const names = ["example", "a.example", "b.a.example", "c.b.a.example", "x.example"].map((text) =>
  parseDomainName(text),
);
const questions = names.flatMap((name) => [1, 16, 28].map((type) => ({ name, type, class: 1 })));

for (const denyBelow of [false, true])
  test(`says what a naive cache says, ${denyBelow ? "with" : "without"} denials for names below (40,000 steps)`, () => {
    const random = new SeededRandom(`dns-cache ${denyBelow}`);
    const cache = new DnsCache({ denyBelow, staleSecondsMax: 100 });
    const naive = new NaiveCache(denyBelow);
    let now = 0;
    for (let step = 0; step < 40_000; step++) {
      now += random.integer(0, 3) * random.integer(1, 4000);
      const question = questions[random.integer(0, questions.length)]!;
      if (random.number() < 0.3) {
        const given = make(question, random);
        cache.put(question, given.response, now);
        naive.put(question, given, now);
      }
      compare(cache, naive, question, now, `step ${step}`);
    }
    assert.ok(cache.statistics.staleHits > 1000 && cache.statistics.misses > 1000, "all kinds of answers came up");
  });

test("never holds more than it may, nor says anything that was not said to it", () => {
  const random = new SeededRandom("dns-cache limits");
  const cache = new DnsCache({ entriesMax: 30, octetsMax: 30_000 });
  for (let now = 0; now < 200_000; now += 10) {
    const name = parseDomainName(`h${random.integer(0, 100)}.example`);
    const question = { name, type: 1, class: 1 };
    const given = make(question, random);
    if (random.number() < 0.5) cache.put(question, given.response, now);
    assert.ok(cache.statistics.entries <= 30 && cache.statistics.octets <= 30_000);
    const hit = cache.get(question, now);
    if (hit !== undefined && !hit.isStale) assert.ok(hit.response.answers.every((set) => set.name.equals(name)));
  }
  assert.ok(cache.statistics.evicted > 1000);
});

function compare(cache: DnsCache, naive: NaiveCache, question: DnsCacheQuestion, now: number, where: string): void {
  const [given, isStale] = naive.get(question, now) ?? [];
  const hit = cache.get(question, now);
  assert.equal(hit?.isStale, isStale, where);
  assert.equal(hit?.response.rcode, given?.response.rcode, where);
  assert.deepEqual(hit?.response.answers[0]?.data, given?.response.answers[0]?.data, where);
  for (const set of hit?.response.answers ?? []) assert.ok(set.ttl >= 1 && set.ttl <= (isStale ? 30 : 300), where);
}

function make({ name, type }: DnsCacheQuestion, random: SeededRandom): Given {
  const seconds = [0, 1, 30, 300][random.integer(0, 4)]!;
  const chance = random.number();
  if (chance < 0.15) return { response: bareResponse(DnsRcode.servFail), outcome: "failure", seconds: 5 };
  const soa = encodeDnsSets([parseDnsRecord(`example. 300 SOA . . 1 1 1 1 ${seconds}`)]);
  if (chance < 0.35)
    return { response: dnsResponse({ rcode: DnsRcode.nxDomain, authorities: soa }), outcome: "denial", seconds };
  if (chance < 0.5) return { response: dnsResponse({ authorities: soa }), outcome: "answer", seconds };
  const data = [random.bytes(4)];
  return {
    response: dnsResponse({ answers: [{ name, type, class: 1, ttl: seconds, data }] }),
    outcome: "answer",
    seconds,
  };
}
