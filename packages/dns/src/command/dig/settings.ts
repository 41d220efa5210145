import type { EdnsOption } from "../../edns/options/table.ts";
import type { DnsTransport } from "../../serving/request.ts";

/** Everything that the words of `dig` can say about a question, how it is asked, and what is shown of the answer. */
export interface DigSettings {
  // What is asked.
  readonly type: string;
  readonly class: number;
  /** Of `ixfr=SERIAL`. */
  readonly serial: number | undefined;
  readonly opcode: number;
  readonly id: number | undefined;
  readonly headerOnly: boolean;
  readonly aa: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly tc: boolean;
  readonly z: boolean;
  /** The version of EDNS; `undefined`: none. */
  readonly edns: number | undefined;
  /** Asks again with the version that the server knows. */
  readonly ednsNegotiation: boolean;
  readonly udpPayloadOctets: number;
  readonly dnssec: boolean;
  readonly compact: boolean;
  /** `true`: one by chance. */
  readonly cookie: boolean | Uint8Array;
  readonly nsid: boolean;
  readonly expire: boolean;
  readonly keepAlive: boolean;
  readonly subnet: EdnsOption | undefined;
  readonly paddingOctets: number;
  readonly ednsOptions: readonly EdnsOption[];

  // How it is asked.
  /** As they were written after `@`; empty: those of the system. */
  readonly server: string | undefined;
  readonly transport: DnsTransport;
  /** Whether that was said: ANY and transfers are asked for over TCP otherwise. */
  readonly isTransportSaid: boolean;
  readonly httpPath: string;
  readonly httpGet: boolean;
  /** Whether certificates are verified. */
  readonly tlsVerify: boolean;
  /** Who is trusted instead of the platform's authorities. */
  readonly tlsCa: string | undefined;
  readonly tlsHostname: string | undefined;
  readonly tries: number;
  readonly ignoreTruncation: boolean;
  readonly bestEffort: boolean;
  /** Takes SERVFAIL for an answer. */
  readonly takesServFail: boolean;
  readonly retriesBadCookie: boolean;
  readonly trace: boolean;
  readonly nsSearch: boolean;

  // What is shown.
  readonly question: boolean;
  readonly answer: boolean;
  readonly authority: boolean;
  readonly additional: boolean;
  readonly comments: boolean;
  readonly stats: boolean;
  readonly identify: boolean;
  readonly multiline: boolean;
  readonly ttl: boolean;
  readonly ttlUnits: boolean;
  readonly showClass: boolean;
  /** `undefined`: with `multiline`. */
  readonly recordComments: boolean | undefined;
  readonly crypto: boolean;
  /** Characters of a word of base64 or hexadecimal digits; 0: all of them. `undefined`: as many as a line holds. */
  readonly split: number | undefined;
  readonly expandAaaa: boolean;
  readonly unknownFormat: boolean;
  readonly unicode: boolean;
  readonly oneSoa: boolean;
  readonly showQuery: boolean;
  readonly showSearch: boolean;
  readonly showBadCookie: boolean;
}

/** What holds for the whole command line, wherever it is said. */
export interface DigGlobals {
  readonly short: boolean;
  readonly banner: boolean;
  readonly format: "json" | "text" | "yaml";
  readonly port: number | undefined;
  readonly family: 4 | 6 | undefined;
  readonly localHost: string | undefined;
  readonly localPort: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly keepOpen: boolean;
  readonly microseconds: boolean;
  readonly search: boolean;
  readonly ndots: number | undefined;
  readonly domain: string | undefined;
}

/** What is so when nothing is said. */
export const digDefaults: DigSettings = {
  type: "A",
  class: 1,
  serial: undefined,
  opcode: 0,
  id: undefined,
  headerOnly: false,
  aa: false,
  ad: true,
  cd: false,
  rd: true,
  ra: false,
  tc: false,
  z: false,
  edns: 0,
  ednsNegotiation: true,
  udpPayloadOctets: 1_232,
  dnssec: false,
  compact: false,
  cookie: true,
  nsid: false,
  expire: false,
  keepAlive: false,
  subnet: undefined,
  paddingOctets: 0,
  ednsOptions: [],
  server: undefined,
  transport: "udp",
  isTransportSaid: false,
  httpPath: "/dns-query",
  httpGet: false,
  tlsVerify: false,
  tlsCa: undefined,
  tlsHostname: undefined,
  tries: 3,
  ignoreTruncation: false,
  bestEffort: true,
  takesServFail: true,
  retriesBadCookie: true,
  trace: false,
  nsSearch: false,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  comments: true,
  stats: true,
  identify: false,
  multiline: false,
  ttl: true,
  ttlUnits: false,
  showClass: true,
  recordComments: undefined,
  crypto: true,
  split: undefined,
  expandAaaa: false,
  unknownFormat: false,
  unicode: false,
  oneSoa: false,
  showQuery: false,
  showSearch: false,
  showBadCookie: false,
};

/** What is so when nothing is said. */
export const digGlobalDefaults: DigGlobals = {
  short: false,
  banner: true,
  format: "text",
  port: undefined,
  family: undefined,
  localHost: undefined,
  localPort: undefined,
  timeoutMs: undefined,
  keepOpen: false,
  microseconds: false,
  search: false,
  ndots: undefined,
  domain: undefined,
};
