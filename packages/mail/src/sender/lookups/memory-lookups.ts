import type { DnsLookups, DnsLookupsAnswer, DnsLookupsType } from "./lookups.ts";

/** The records of a name; `"failed"`: its servers do not answer. */
export type DnsMemoryRecords = Readonly<Partial<Record<DnsLookupsType, readonly string[]>>> | "failed";

/**
 * Answers from a table: for tests, and for keys that are known without the DNS.
 *
 * ```ts
 * const lookups = memoryLookups({ "example.org": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] } });
 * ```
 */
export function memoryLookups(names: Readonly<Record<string, DnsMemoryRecords>>): DnsLookups {
  const table = new Map(Object.entries(names).map(([name, records]) => [keyOf(name), records]));
  return {
    async lookUp(name, type, { signal } = {}) {
      signal?.throwIfAborted();
      return answerFrom(table, keyOf(name), type);
    },
  };
}

function answerFrom(
  table: ReadonlyMap<string, DnsMemoryRecords>,
  name: string,
  type: DnsLookupsType,
): DnsLookupsAnswer {
  const records = table.get(name);
  if (records === "failed") return { type: "failed", reason: "no server answered" };
  const values = records?.[type] ?? [];
  if (values.length > 0) return { type: "found", values: type === "TXT" ? values.map(octetText) : values };
  const nameExists = records !== undefined || [...table.keys()].some((key) => key.endsWith(`.${name}`));
  return { type: "none", nameExists };
}

function keyOf(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}

function octetText(text: string): string {
  return Buffer.from(text).toString("latin1");
}
