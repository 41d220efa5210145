import { DnsLookupError, type DnsLookupErrorCode, type DnsResolver, parseDomainName } from "@hawser/dns";

/** What the DNS says of names, as text: `{ "example.net": { MX: ["10 mx.example.net."] }, "mx.example.net": { A: ["10.0.0.2"] } }`. */
export type DnsTable = Record<
  string,
  { MX?: readonly string[]; A?: readonly string[]; AAAA?: readonly string[] } | DnsLookupErrorCode
>;

/** A resolver that knows a table. Only what mail asks for. */
export function tableResolver(table: DnsTable): DnsResolver {
  const fail = (name: string, type: string, code: DnsLookupErrorCode): never => {
    throw new DnsLookupError(code, { name: parseDomainName(name), type });
  };
  const recordsOf = (name: string, type: string) => {
    const records = table[name.toLowerCase().replace(/\.$/, "")] ?? "name-not-found";
    return typeof records === "string" ? fail(name, type, records) : records;
  };
  const partly = {
    async resolve(name: unknown, type: string) {
      const texts = recordsOf(String(name), type).MX ?? [];
      if (type !== "MX" || texts.length === 0) return fail(String(name), type, "no-data");
      return texts.map((text) => {
        const [preference, exchange] = text.split(" ") as [string, string];
        return { preference: Number(preference), exchange: parseDomainName(exchange) };
      });
    },
    async addresses(name: unknown) {
      const { A = [], AAAA = [] } = recordsOf(String(name), "A");
      if (A.length + AAAA.length === 0) return fail(String(name), "A", "no-data");
      return [...AAAA.map((host) => ({ family: "ipv6", host })), ...A.map((host) => ({ family: "ipv4", host }))];
    },
    async [Symbol.asyncDispose]() {},
  };
  return partly as unknown as DnsResolver;
}
