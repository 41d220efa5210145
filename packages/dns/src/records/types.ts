import { quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";

/** Types of records and their numbers (IANA, DNS Parameters). Those without data of their own are questions only. */
export const DnsType = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  RESINFO: 261,
  DLV: 32769,
} as const;

/** A type that has a name here. */
export type DnsTypeName = keyof typeof DnsType;

/** Types that only questions have (RFC 1035 §3.2.3, RFC 1995 §3), and OPT, which is no data (RFC 6891 §6.1.1). */
export type DnsQuestionOnlyTypeName = "ANY" | "AXFR" | "IXFR" | "MAILA" | "MAILB" | "OPT";

/** Types that records of a message or a zone have. */
export type DnsRecordTypeName = Exclude<DnsTypeName, DnsQuestionOnlyTypeName>;

/** A type by its number: how those without a name are called (RFC 3597 §5). */
export type DnsUnknownTypeName = `TYPE${number}`;

/** Types that IANA has names for and nobody here knows the data of: read by their name, and called by their number. */
const otherTypes = {
  NSAP: 22,
  "NSAP-PTR": 23,
  SIG: 24,
  KEY: 25,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  ATMA: 34,
  A6: 38,
  SINK: 40,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  DSYNC: 66,
  HHIT: 67,
  BRID: 68,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NXNAME: 128,
  DOA: 259,
  AMTRELAY: 260,
  WALLET: 262,
  CLA: 263,
  IPN: 264,
  TA: 32768,
};

const numbers = new Map<string, number>(Object.entries(DnsType));
const others = new Map<string, number>(Object.entries(otherTypes));
const names = new Map([...numbers].map(([name, number]) => [number, name as DnsTypeName]));
/** The low numbers, which nearly all types have. */
const lowNames = Array.from({ length: 262 }, (_, number) => names.get(number));

/** The name of a type: `MX`, or `TYPE65280`. */
export function dnsTypeName(number: number): DnsTypeName | DnsUnknownTypeName {
  return (number < lowNames.length ? lowNames[number] : names.get(number)) ?? `TYPE${number}`;
}

/** The number of a type: its own, or that which `TYPE65280` names. @throws {RangeError} for other names */
export function dnsTypeNumber(name: string): number {
  const number = numberOf(name);
  if (number !== undefined) return number;
  throw new RangeError(`Cannot tell the number of the type ${quote(name)}: there is no such type`);
}

/** Reads the name of a type in letters of either case. @throws {DnsTextError} `unknown-type` */
export function parseDnsType(text: string): DnsTypeName | DnsUnknownTypeName {
  const number = numberOf(text.toUpperCase());
  if (number !== undefined) return dnsTypeName(number);
  throw new DnsTextError("unknown-type", `Cannot read the type ${quote(text)}: there is no such type`);
}

function numberOf(name: string): number | undefined {
  const known = numbers.get(name) ?? others.get(name);
  if (known !== undefined) return known;
  const digits = /^TYPE(\d{1,5})$/.exec(name)?.[1];
  return digits === undefined || Number(digits) > 0xffff ? undefined : Number(digits);
}
