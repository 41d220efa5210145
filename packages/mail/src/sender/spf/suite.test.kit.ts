import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import type { DnsLookups, DnsLookupsAnswer } from "../lookups/lookups.ts";

/** A case of the suite of openspf.org, which Debian's python3-spf carries. */
export interface SuiteCase {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
  readonly explanation?: string | undefined;
  readonly receiver?: string | undefined;
}

/** Cases that share a zone. */
export interface SuiteScenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, SuiteCase>>;
  readonly zonedata: Readonly<Record<string, readonly (Readonly<Record<string, unknown>> | string)[]>>;
}

const path = "/usr/share/doc/python3-spf/rfc7208-tests.yml.gz";

/** The scenarios of the suite; `undefined` when it is not installed. */
export function suiteScenarios(): readonly SuiteScenario[] | undefined {
  if (!existsSync(path)) return undefined;
  const text = gunzipSync(readFileSync(path)).toString();
  return text
    .split(/^---$/m)
    .map((document) => parse(document, { uniqueKeys: false }) as SuiteScenario | null)
    .filter((scenario) => scenario?.tests !== undefined) as readonly SuiteScenario[];
}

/** A DNS that holds a scenario's zone, with the suite's silent servers and aliases. */
export function suiteLookups({ zonedata }: SuiteScenario): DnsLookups {
  const zone = new Map(Object.entries(zonedata).map(([name, records]) => [name.toLowerCase(), records]));
  return { lookUp: async (name, type) => answer(zone, name.toLowerCase(), type) };
}

type Zone = ReadonlyMap<string, SuiteScenario["zonedata"][string]>;

function answer(zone: Zone, name: string, type: string, depth = 0): DnsLookupsAnswer {
  const records = zone.get(name);
  if (records === undefined) return { type: "none", nameExists: false };
  const values: string[] = [];
  for (const record of withTexts(records)) {
    if (record === "TIMEOUT") {
      if (values.length === 0) return { type: "failed", reason: "it is silent" };
      continue;
    }
    const [[kind, value] = []] = Object.entries(record as Record<string, unknown>);
    if (kind === "CNAME" && depth < 3) return answer(zone, String(value).toLowerCase(), type, depth + 1);
    if (kind !== type) continue;
    if (value === "TIMEOUT") return { type: "failed", reason: "it is silent" };
    if (value !== "NONE") values.push(textOf(value));
  }
  return values.length > 0 ? { type: "found", values } : { type: "none", nameExists: true };
}

/** Records of type SPF stand for TXT where there is none. */
function withTexts(records: SuiteScenario["zonedata"][string]): SuiteScenario["zonedata"][string] {
  const hasText = records.some((record) => typeof record === "object" && "TXT" in record);
  if (hasText) return records;
  return records.map((record) => (typeof record === "object" && "SPF" in record ? { TXT: record["SPF"] } : record));
}

/** Strings of a text are joined; of a mail exchanger the name counts. */
function textOf(value: unknown): string {
  if (!Array.isArray(value)) return octetText(String(value));
  return typeof value[0] === "number" ? String(value[1]) : octetText(value.join(""));
}

function octetText(text: string): string {
  return Buffer.from(text).toString("latin1");
}
