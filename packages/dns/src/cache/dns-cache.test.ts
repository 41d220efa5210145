import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomainName } from "../name/domain-name.ts";
import { parseDnsRecord } from "../records/text.ts";
import { dnsTypeNumber } from "../records/types.ts";
import { bareResponse, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";
import { DnsCache, type DnsCacheQuestion } from "./dns-cache.ts";

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

test("an answer lives as long as its shortest TTL, which counts down", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 300 A 192.0.2.1", "www.example. 60 TXT x"), 0);
  assert.deepEqual(ttls(cache.get(ask("WWW.example A"), 0)?.response), [300, 60]);
  assert.deepEqual(ttls(cache.get(ask("www.example A"), 59.9 * second)?.response), [241, 1]);
  assert.equal(cache.get(ask("www.example A"), 60 * second)?.isStale, true);
  assert.equal(cache.get(ask("www.example AAAA"), 0), undefined);
});

test("a hit is the same object for a second", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 300 A 192.0.2.1"), 500);
  const hit = cache.get(ask("www.example A"), 1600);
  assert.equal(cache.get(ask("www.example A"), 2499), hit);
  assert.notEqual(cache.get(ask("www.example A"), 2500), hit);
});

test("TTLs are cut to a day, and zero is not kept (RFC 2181 §8)", () => {
  const cache = new DnsCache({ staleSecondsMax: 0 });
  cache.put(ask("long.example A"), found("long.example. 1w A 192.0.2.1"), 0);
  assert.deepEqual(ttls(cache.get(ask("long.example A"), 0)?.response), [86_400]);
  assert.equal(cache.get(ask("long.example A"), day), undefined);
  assert.equal(cache.put(ask("zero.example A"), found("zero.example. 0 A 192.0.2.1"), 0), false);
});

test("a name that does not exist has no type, for as long as its SOA says (RFC 2308 §5)", () => {
  const cache = new DnsCache({ staleSecondsMax: 0 });
  cache.put(ask("no.example A"), denied(DnsRcode.nxDomain, "example. 1h SOA . . 1 1 1 1 600"), 0);
  assert.equal(cache.get(ask("no.example MX"), 599 * second)?.response.rcode, DnsRcode.nxDomain);
  assert.equal(cache.get(ask("a.no.example MX"), 0), undefined);
  assert.equal(cache.get(ask("no.example A"), 600 * second), undefined);
});

test("a denial's SOA record tells others no longer than it counts here", () => {
  const cache = new DnsCache();
  cache.put(ask("no.example A"), denied(DnsRcode.nxDomain, "example. 1d SOA . . 1 1 1 1 86400"), 0);
  assert.equal(cache.get(ask("no.example A"), 0)?.response.authorities[0]?.ttl, 10_800);
});

test("no data are denied for one type alone", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example MX"), denied(DnsRcode.noError, "example. 1h SOA . . 1 1 1 1 600"), 0);
  assert.equal(cache.get(ask("www.example MX"), 0)?.response.rcode, DnsRcode.noError);
  assert.equal(cache.get(ask("www.example A"), 0), undefined);
});

test("a denial without a SOA record, or with somebody else's, is not kept (RFC 2308 §5)", () => {
  const cache = new DnsCache();
  assert.equal(cache.put(ask("no.example A"), bareResponse(DnsRcode.nxDomain), 0), false);
  const foreign = denied(DnsRcode.nxDomain, "evil.test. 1h SOA . . 1 1 1 1 600");
  assert.equal(cache.put(ask("no.example A"), foreign, 0), false);
});

test("an alias that leads nowhere denies itself alone (RFC 2308 §2.1)", () => {
  const cache = new DnsCache();
  const { authorities } = denied(DnsRcode.nxDomain, "test. 1h SOA . . 1 1 1 1 60");
  const { answers } = found("alias.example. 300 CNAME gone.test.");
  cache.put(ask("alias.example A"), dnsResponse({ rcode: DnsRcode.nxDomain, answers, authorities }), 0);
  assert.equal(cache.get(ask("alias.example A"), 59 * second)?.isStale, false);
  assert.equal(cache.get(ask("alias.example A"), 60 * second)?.isStale, true);
  assert.equal(cache.get(ask("alias.example CNAME"), 0), undefined);
});

test("names below one that does not exist do not exist either, when that is wanted (RFC 8020 §2)", () => {
  const cache = new DnsCache({ denyBelow: true });
  cache.put(ask("no.example A"), denied(DnsRcode.nxDomain, "example. 1h SOA . . 1 1 1 1 600"), 0);
  assert.equal(cache.get(ask("a.b.no.example MX"), 0)?.response.rcode, DnsRcode.nxDomain);
  cache.put(ask("a.b.no.example MX"), found("a.b.no.example. 60 MX 0 mx.example."), second);
  assert.equal(cache.get(ask("no.example A"), second), undefined, "what has names below it exists");
});

test("what is over is still given for a day, and says so (RFC 8767 §4)", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 60 A 192.0.2.1"), 0);
  const stale = cache.get(ask("www.example A"), 61 * second);
  assert.deepEqual([stale?.isStale, stale?.refresh, ttls(stale?.response)], [true, true, [30]]);
  assert.deepEqual(stale?.response.options, [{ type: "extended-error", infoCode: 3, text: "" }]);
  assert.equal(cache.get(ask("www.example A"), 60 * second + day), undefined);
  assert.equal(cache.statistics.entries, 0);
});

test("a stale denial has its own extended error (RFC 8914 §4.20)", () => {
  const cache = new DnsCache();
  cache.put(ask("no.example A"), denied(DnsRcode.nxDomain, "example. 1h SOA . . 1 1 1 1 600"), 0);
  const options = cache.get(ask("no.example A"), hour)?.response.options;
  assert.deepEqual(options, [{ type: "extended-error", infoCode: 19, text: "" }]);
});

test("a failure is remembered for a moment (RFC 9520 §3.2)", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), bareResponse(DnsRcode.servFail), 0);
  const hit = cache.get(ask("www.example A"), 4 * second);
  assert.equal(hit?.response.rcode, DnsRcode.servFail);
  assert.deepEqual(hit?.response.options, [{ type: "extended-error", infoCode: 13, text: "" }]);
  assert.equal(cache.get(ask("www.example A"), 5 * second), undefined);
});

test("a failure leaves a stale answer in its place, and peace for half a minute (RFC 8767 §5)", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 60 A 192.0.2.1"), 0);
  cache.put(ask("www.example A"), bareResponse(DnsRcode.servFail), 61 * second);
  const hit = cache.get(ask("www.example A"), 90 * second);
  assert.deepEqual([hit?.response.rcode, hit?.isStale, hit?.refresh], [DnsRcode.noError, true, false]);
  assert.equal(cache.get(ask("www.example A"), 91 * second)?.refresh, true);
});

test("a popular answer wants to be asked for again before its time is over", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 100 A 192.0.2.1"), 0);
  const refreshAt = (at: number): boolean | undefined => cache.get(ask("www.example A"), at)?.refresh;
  assert.deepEqual(
    [91, 91, 91].map((at) => refreshAt(at * second)),
    [false, false, true],
  );
  assert.equal(refreshAt(90 * second), false);
});

test("those who want signatures, or none of the checks, have answers of their own", () => {
  const cache = new DnsCache();
  cache.put(ask("www.example A"), found("www.example. 60 A 192.0.2.1"), 0);
  assert.equal(cache.get({ ...ask("www.example A"), dnssecOk: true }, 0), undefined);
  assert.equal(cache.get({ ...ask("www.example A"), checkingDisabled: true }, 0), undefined);
});

test("what is kept has no authority, and no options of whoever asked first", () => {
  const cache = new DnsCache();
  const response = {
    ...found("www.example. 60 A 192.0.2.1"),
    authoritative: true,
    options: [{ type: "nsid", octets: new Uint8Array(1) } as never],
  };
  cache.put(ask("www.example A"), response, 0);
  const hit = cache.get(ask("www.example A"), 0)?.response;
  assert.deepEqual([hit?.authoritative, hit?.options], [false, []]);
});

test("what was cut is not kept (RFC 2181 §9)", () => {
  const cache = new DnsCache();
  const cut = { ...found("www.example. 60 A 192.0.2.1"), truncated: true };
  assert.equal(cache.put(ask("www.example A"), cut, 0), false);
});

test("a full cache throws out what nobody asks for", () => {
  const cache = new DnsCache({ entriesMax: 3 });
  for (const name of ["a", "b", "c"]) cache.put(ask(`${name}.example A`), found(`${name}.example. 60 A 192.0.2.1`), 0);
  cache.get(ask("a.example A"), 0);
  cache.put(ask("d.example A"), found("d.example. 60 A 192.0.2.1"), 0);
  const left = ["a", "b", "c", "d"].filter((name) => cache.get(ask(`${name}.example A`), 0) !== undefined);
  assert.deepEqual(left, ["a", "c", "d"]);
  assert.equal(cache.statistics.evicted, 1);
});

test("forgets a name, and those below it", () => {
  const cache = new DnsCache();
  for (const name of ["example", "a.example", "b.a.example", "xa.example"])
    cache.put(ask(`${name} A`), found(`${name}. 60 A 192.0.2.1`), 0);
  assert.equal(cache.forget(parseDomainName("a.example"), { below: true }), 2);
  assert.equal(cache.forget(parseDomainName("example")), 1);
  assert.equal(cache.statistics.entries, 1);
  cache.clear();
  assert.equal(cache.get(ask("xa.example A"), 0), undefined);
});

test("a cache that could hold nothing, or for no time that is one, cannot be made", () => {
  assert.throws(() => new DnsCache({ entriesMax: 0 }), RangeError);
  assert.throws(() => new DnsCache({ staleSecondsMax: Number.NaN }), RangeError);
});

function ask(text: string): DnsCacheQuestion {
  const [name = "", type = ""] = text.split(" ");
  return { name: parseDomainName(name), type: dnsTypeNumber(type as never), class: 1 };
}

function found(...records: readonly string[]): DnsResponse {
  return dnsResponse({ answers: encodeDnsSets(records.map((text) => parseDnsRecord(text))) });
}

function denied(rcode: number, soa: string): DnsResponse {
  return dnsResponse({ rcode, authorities: encodeDnsSets([parseDnsRecord(soa)]) });
}

function ttls(response: DnsResponse | undefined): readonly number[] | undefined {
  return response?.answers.map((set) => set.ttl);
}
