/** Classes of records (RFC 1035 §3.2.4, RFC 2136 §1.3). */
export const DnsClass = { in: 1, ch: 3, hs: 4, none: 254, any: 255 } as const;

/** What a message asks for (RFC 1035 §4.1.1, RFC 1996 §3, RFC 2136 §1.3, RFC 8490 §5). */
export const DnsOpcode = { query: 0, inverseQuery: 1, status: 2, notify: 4, update: 5, stateful: 6 } as const;

/**
 * How a question was answered. The first sixteen fit into the header, the others need EDNS (RFC 6891 §6.1.3); those of TSIG
 * stand in its own record (RFC 8945 §3), where 16 means BADSIG.
 */
export const DnsRcode = {
  noError: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  yxDomain: 6,
  yxRrset: 7,
  nxRrset: 8,
  notAuth: 9,
  notZone: 10,
  dsoTypeNi: 11,
  badVers: 16,
  badSig: 16,
  badKey: 17,
  badTime: 18,
  badMode: 19,
  badName: 20,
  badAlg: 21,
  badTrunc: 22,
  badCookie: 23,
} as const;

/** `IN`, `CH`, or `CLASS32` (RFC 3597 §5). */
export function formatDnsClass(number: number): string {
  return nameOf(DnsClass, number) ?? `CLASS${number}`;
}

/** The number of a class in letters of either case; `undefined` for what is none. */
export function parseDnsClass(text: string): number | undefined {
  const known = numberOf(DnsClass, text);
  if (known !== undefined) return known;
  const digits = /^CLASS(\d{1,5})$/i.exec(text)?.[1];
  return digits === undefined || Number(digits) > 0xffff ? undefined : Number(digits);
}

/** `QUERY`, `UPDATE`, or `OPCODE7`. */
export function formatDnsOpcode(number: number): string {
  const name = nameOf(DnsOpcode, number);
  return name === "INVERSEQUERY" ? "IQUERY" : name === "STATEFUL" ? "DSO" : (name ?? `OPCODE${number}`);
}

/** `NOERROR`, `NXDOMAIN`, or `RCODE3841`. */
export function formatDnsRcode(number: number): string {
  return nameOf(DnsRcode, number) ?? `RCODE${number}`;
}

function nameOf(numbers: Readonly<Record<string, number>>, number: number): string | undefined {
  return Object.keys(numbers)
    .find((name) => numbers[name] === number)
    ?.toUpperCase();
}

function numberOf(numbers: Readonly<Record<string, number>>, text: string): number | undefined {
  const name = Object.keys(numbers).find((one) => one.toUpperCase() === text.toUpperCase());
  return name === undefined ? undefined : numbers[name];
}
