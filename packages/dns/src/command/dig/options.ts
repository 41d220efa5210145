import { parseIp, quote, suggestion, UsageError } from "@hawser/core";
import type { EdnsOption } from "../../edns/options/table.ts";
import { DnsOpcode } from "../../words.ts";
import type { DigGlobals, DigSettings } from "./settings.ts";

/** What an option changes: the settings of a question, or those of all. */
export interface DigChange {
  readonly settings?: Partial<DigSettings> | undefined;
  readonly globals?: Partial<DigGlobals> | undefined;
}

/** One `+word`: what it means when it is on or off, and has a value or none. */
export interface DigOption {
  readonly summary: string;
  /** What stands for its value in help. */
  readonly placeholder?: string | undefined;
  change(on: boolean, value: string | undefined, settings: DigSettings): DigChange;
}

type BooleanKeys<Settings> = {
  [Key in keyof Settings]: Settings[Key] extends boolean | undefined ? Key : never;
}[keyof Settings];

const flag = (key: BooleanKeys<DigSettings>, summary: string): DigOption => ({
  summary,
  change: (on) => ({ settings: { [key]: on } }),
});

const globalFlag = (key: BooleanKeys<DigGlobals>, summary: string): DigOption => ({
  summary,
  change: (on) => ({ globals: { [key]: on } }),
});

const transport = (name: "https" | "tcp" | "tls", summary: string): DigOption => ({
  summary,
  change: (on) => ({ settings: { transport: on ? name : "udp", isTransportSaid: true } }),
});

/** All `+words`. Each may be cut as long as no other begins so, and is undone by `no` before it. */
export const digOptions: Readonly<Record<string, DigOption>> = {
  aaflag: flag("aa", "set AA in the question"),
  additional: flag("additional", "show the additional section"),
  adflag: flag("ad", "set AD in the question (on by default)"),
  all: { summary: "show everything, or nothing", change: (on) => ({ settings: shown(on), globals: { banner: on } }) },
  answer: flag("answer", "show the answer section"),
  authority: flag("authority", "show the authority section"),
  badcookie: flag("retriesBadCookie", "ask again after BADCOOKIE (on by default)"),
  besteffort: flag("bestEffort", "show what can be read of a malformed answer"),
  bufsize: {
    placeholder: "N",
    summary: "octets of a datagram that we take (1232 by default)",
    change: (on, value) => ({
      settings: { udpPayloadOctets: on && value !== undefined ? number("bufsize", value, 0, 65_535) : 1_232, edns: 0 },
    }),
  },
  cdflag: flag("cd", "set CD in the question"),
  class: flag("showClass", "show classes of records"),
  cmd: globalFlag("banner", "show the command line first"),
  coflag: flag("compact", "ask for compact denial of existence"),
  comments: flag("comments", "show header, EDNS and titles"),
  cookie: {
    placeholder: "HEX",
    summary: "send this cookie, or one by chance (on by default)",
    change: (on, value) => ({ settings: { cookie: on && value !== undefined ? hex("cookie", value, 8, 40) : on } }),
  },
  crypto: flag("crypto", "show keys and signatures (on by default)"),
  dnssec: { summary: "ask for signatures too", change: (on) => ({ settings: { dnssec: on, ...(on && { edns: 0 }) } }) },
  domain: { placeholder: "NAME", summary: "search in this domain alone", change: domain },
  edns: {
    placeholder: "N",
    summary: "the version of EDNS (0 by default)",
    change: (on, value) => ({ settings: { edns: on ? number("edns", value ?? "0", 0, 255) : undefined } }),
  },
  ednsnegotiation: flag("ednsNegotiation", "ask again with the version of EDNS that the server knows"),
  ednsopt: { placeholder: "CODE:HEX", summary: "send this option; +noednsopt forgets them", change: ednsOption },
  expandaaaa: flag("expandAaaa", "show IPv6 addresses in full"),
  expire: flag("expire", "ask when the zone expires"),
  fail: flag("takesServFail", "take SERVFAIL for an answer (on by default)"),
  "header-only": flag("headerOnly", "send no question"),
  https: {
    placeholder: "PATH",
    summary: "ask over HTTPS (/dns-query by default)",
    change: (on, value) => https(on, value, false),
  },
  "https-get": {
    placeholder: "PATH",
    summary: "ask over HTTPS with GET",
    change: (on, value) => https(on, value, true),
  },
  identify: flag("identify", "with +short: show who answered"),
  idn: flag("unicode", "show names in Unicode"),
  ignore: flag("ignoreTruncation", "do not ask again over TCP what was cut"),
  json: {
    summary: "show messages as JSON, one a line",
    change: (on) => ({ globals: { format: on ? "json" : "text" } }),
  },
  keepalive: flag("keepAlive", "ask how long the server keeps connections"),
  keepopen: globalFlag("keepOpen", "ask all questions over one connection"),
  multiline: flag("multiline", "show long records on several lines, with comments"),
  ndots: {
    placeholder: "N",
    summary: "names with so many dots are not searched",
    change: (_, value) => ({ globals: { ndots: number("ndots", value, 0, 255), search: true } }),
  },
  nsid: flag("nsid", "ask which of many servers answers"),
  nssearch: { summary: "show the SOA record of each of the zone's servers", change: nsSearch },
  onesoa: flag("oneSoa", "show the SOA record of a transfer once"),
  opcode: { placeholder: "N", summary: "ask for something else than QUERY", change: opcode },
  padding: {
    placeholder: "N",
    summary: "pad questions to a multiple of so many octets",
    change: (on, value) => ({ settings: { paddingOctets: on ? number("padding", value, 0, 512) : 0 } }),
  },
  qid: {
    placeholder: "N",
    summary: "the id of the question",
    change: (on, value) => ({ settings: { id: on ? number("qid", value, 0, 65_535) : undefined } }),
  },
  qr: flag("showQuery", "show the question as it is sent"),
  question: flag("question", "show the question section"),
  raflag: flag("ra", "set RA in the question"),
  rdflag: flag("rd", "set RD in the question (on by default)"),
  recurse: flag("rd", "ask for recursion (on by default)"),
  retry: {
    placeholder: "N",
    summary: "how often a question is repeated (2 by default)",
    change: (_, value) => ({ settings: { tries: number("retry", value, 0, 255) + 1 } }),
  },
  rrcomments: flag("recordComments", "show comments on keys"),
  search: globalFlag("search", "search in the domains of resolv.conf"),
  short: { summary: "show the data of the answers alone", change: short },
  showbadcookie: flag("showBadCookie", "show a BADCOOKIE answer before asking again"),
  showsearch: {
    summary: "search, and show every answer",
    change: (on) => ({ settings: { showSearch: on }, globals: { search: on } }),
  },
  split: {
    placeholder: "N",
    summary: "characters of a word of base64 or hexadecimal digits (56 by default)",
    change: (on, value) => ({ settings: { split: split(on, value) } }),
  },
  stats: flag("stats", "show time, server and size"),
  subnet: {
    placeholder: "NET",
    summary: "say for which network we ask (RFC 7871)",
    change: (on, value) => ({ settings: { subnet: on ? subnet(value) : undefined } }),
  },
  tcflag: flag("tc", "set TC in the question"),
  tcp: transport("tcp", "ask over TCP"),
  timeout: {
    placeholder: "SECONDS",
    summary: "how long each try waits (5 by default)",
    change: (_, value) => ({ globals: { timeoutMs: Math.max(1, number("timeout", value, 0, 3_600)) * 1_000 } }),
  },
  tls: transport("tls", "ask over TLS"),
  "tls-ca": {
    placeholder: "FILE",
    summary: "verify certificates, by those of the file",
    change: (on, value) => ({ settings: { tlsVerify: on, tlsCa: on ? value : undefined } }),
  },
  "tls-hostname": {
    placeholder: "NAME",
    summary: "verify certificates for this name",
    change: (on, value) => ({
      settings: { tlsHostname: on ? given("tls-hostname", value) : undefined, tlsVerify: on },
    }),
  },
  trace: { summary: "follow the delegations down from the root", change: trace },
  tries: {
    placeholder: "N",
    summary: "how often a question is sent (3 by default)",
    change: (_, value) => ({ settings: { tries: Math.max(1, number("tries", value, 0, 255)) } }),
  },
  ttlid: flag("ttl", "show the TTLs of records"),
  ttlunits: {
    summary: "show TTLs with units",
    change: (on) => ({ settings: { ttlUnits: on, ...(on && { ttl: true }) } }),
  },
  unknownformat: flag("unknownFormat", "show data as octets (RFC 3597)"),
  vc: transport("tcp", "ask over TCP"),
  yaml: {
    summary: "show messages as YAML",
    change: (on) => ({ globals: { format: on ? "yaml" : "text", banner: !on } }),
  },
  zflag: flag("z", "set the bit that is reserved"),
};

/** Short words that others begin with too, and other names of the same. */
const synonyms: Readonly<Record<string, string>> = {
  aa: "aaflag",
  aaonly: "aaflag",
  ad: "adflag",
  cd: "cdflag",
  co: "coflag",
  defname: "search",
  do: "dnssec",
  idnin: "idn",
  idnout: "idn",
  ra: "raflag",
  rd: "rdflag",
  ttl: "ttlid",
};

/** What a `+word` changes. @throws {UsageError} */
export function digChange(word: string, settings: DigSettings): DigChange {
  const at = word.indexOf("=");
  const [name, value] = at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
  const isOff = /^no./i.test(name);
  const option = find((isOff ? name.slice(2) : name).toLowerCase());
  if (option === undefined) throw unknown(name);
  return option.change(!isOff, value, settings);
}

function find(name: string): DigOption | undefined {
  const whole = Object.hasOwn(synonyms, name) ? synonyms[name]! : name;
  if (Object.hasOwn(digOptions, whole)) return digOptions[whole];
  const [only, ...others] = Object.keys(digOptions).filter((one) => one.startsWith(whole));
  return whole !== "" && only !== undefined && others.length === 0 ? digOptions[only] : undefined;
}

function unknown(name: string): UsageError {
  const begin = Object.keys(digOptions).filter((one) => one.startsWith(name.toLowerCase()));
  if (begin.length > 1) return new UsageError(`+${name} may be ${begin.map((one) => `+${one}`).join(" or ")}`);
  const words = Object.keys(digOptions).map((one) => `+${one}`);
  return new UsageError(`there is no option ${quote(`+${name}`)}, ${suggestion(`+${name}`, words)}`);
}

function shown(on: boolean): Partial<DigSettings> {
  return { question: on, answer: on, authority: on, additional: on, comments: on, stats: on };
}

function short(on: boolean): DigChange {
  if (!on) return { globals: { short: false } };
  return {
    settings: { ...shown(false), answer: true, recordComments: false },
    globals: { short: true, banner: false },
  };
}

function trace(on: boolean): DigChange {
  if (!on) return { settings: { trace: false } };
  return { settings: { ...shown(false), answer: true, authority: true, trace: true, rd: false, dnssec: true } };
}

function nsSearch(on: boolean): DigChange {
  return { settings: { nsSearch: on, ...(on && { stats: false, comments: false, rd: true }) } };
}

function https(on: boolean, path: string | undefined, httpGet: boolean): DigChange {
  if (!on) return { settings: { transport: "udp", isTransportSaid: true } };
  if (path !== undefined && !path.startsWith("/")) throw new UsageError(`+https=${path}: a path begins with /`);
  return {
    settings: { transport: "https", isTransportSaid: true, httpGet, ...(path !== undefined && { httpPath: path }) },
  };
}

function domain(on: boolean, value: string | undefined): DigChange {
  return { globals: { domain: on ? given("domain", value) : undefined, search: on } };
}

function opcode(on: boolean, value: string | undefined): DigChange {
  if (!on || value === undefined) return { settings: { opcode: 0 } };
  const named = Object.entries(DnsOpcode).find(([name]) => name.toUpperCase() === value.toUpperCase())?.[1];
  return { settings: { opcode: named ?? number("opcode", value, 0, 15) } };
}

function ednsOption(on: boolean, value: string | undefined, settings: DigSettings): DigChange {
  if (!on) return { settings: { ednsOptions: [] } };
  const [code = "", octets = ""] = given("ednsopt", value).split(":");
  const option: EdnsOption = {
    type: "unknown",
    code: number("ednsopt", code, 0, 65_535),
    octets: hex("ednsopt", octets, 0, 1_024),
  };
  return { settings: { ednsOptions: [...settings.ednsOptions, option], edns: settings.edns ?? 0 } };
}

/** `192.0.2.0/24`, `2001:db8::/32`, an address, or 0 for no network at all (RFC 7871 §7.1.2). */
function subnet(value: string | undefined): EdnsOption {
  const text = given("subnet", value);
  const [address = "", prefix] = text.split("/");
  const octets = parseIp(address === "0" ? "0.0.0.0" : address);
  if (octets === undefined) throw new UsageError(`+subnet=${text}: an address is needed, and its prefix`);
  const sourcePrefix =
    address === "0" ? 0 : prefix === undefined ? octets.length * 8 : number("subnet", prefix, 0, octets.length * 8);
  return { type: "client-subnet", address: address === "0" ? "0.0.0.0" : address, sourcePrefix, scopePrefix: 0 };
}

function split(on: boolean, value: string | undefined): number | undefined {
  if (!on) return 0;
  return value === undefined ? undefined : Math.ceil(number("split", value, 0, 65_535) / 4) * 4;
}

function given(option: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`+${option} needs a value: +${option}=…`);
  return value;
}

function number(option: string, value: string | undefined, low: number, high: number): number {
  const text = given(option, value);
  const found = /^0x[\da-f]+$|^\d+$/i.test(text) ? Number(text) : Number.NaN;
  if (found >= low && found <= high) return found;
  throw new UsageError(`+${option}=${text}: a whole number from ${low} to ${high} is needed`);
}

function hex(option: string, value: string, low: number, high: number): Uint8Array {
  const octets = Uint8Array.from(Buffer.from(value, "hex"));
  if (/^([\da-f]{2})*$/i.test(value) && octets.length >= low && octets.length <= high) return octets;
  throw new UsageError(`+${option}=${value}: ${low} to ${high} octets in hexadecimal digits are needed`);
}
