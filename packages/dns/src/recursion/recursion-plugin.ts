import type { Reactor } from "@hawser/core";
import { DnsClient, type DnsClientOptions } from "../client/dns-client.ts";
import type { DnsExchanger } from "../client/exchanger.ts";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuery } from "../message/query.ts";
import { dnsRecord } from "../records/text.ts";
import { DnsType } from "../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../serving/plugin.ts";
import { type DnsReply, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { type DnsRequest, dnsPeerHost } from "../serving/request.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsClass, DnsOpcode, DnsRcode } from "../words.ts";
import { addressFilter } from "./address-filters.ts";
import { exchangesUnderWayMax } from "./limits.ts";
import type { RecursionStatistics } from "./recursion-statistics.ts";
import { RecursiveResolver, type RecursiveResolverOptions } from "./recursive-resolver.ts";
import { told } from "./response.ts";
import { parseRootHints } from "./root-hints.ts";

/** Whom a recursive server serves, and how it resolves. */
export interface RecursionPluginOptions extends RecursiveResolverOptions {
  /**
   * Networks of clients that may ask. Default: this host, private networks and this link, so that nobody serves the whole
   * Internet, and whoever forges the addresses of others there, by mistake (RFC 5358).
   */
  readonly clients?: readonly string[] | undefined;
  /** Whom servers are asked through. Default: a {@link DnsClient} of its own. */
  readonly exchanger?: DnsExchanger | undefined;
  /** For the client of its own. */
  readonly client?: DnsClientOptions | undefined;
  /** A master file with root hints, read at the start and when the server reloads. */
  readonly rootHintsFile?: string | undefined;
}

/** A plugin that resolves recursively. */
export interface RecursionPlugin extends DnsPlugin {
  /** `undefined` before the start. */
  readonly statistics: RecursionStatistics | undefined;
  /** The resolver, for others who need names; `undefined` before the start, and after the end. */
  readonly resolver: RecursiveResolver | undefined;
}

/** Clients that are served when nothing else is said: not those of the Internet. */
export const recursionClients: readonly string[] = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** Root hints have some 3,300 octets. */
const hintsOctetsMax = 1_048_576;

/**
 * Answers questions by asking the servers of the Internet, from the root down. It stands at the end of a chain, behind what
 * this server has authority over.
 *
 * @throws {RangeError} for options that mean nothing
 */
export function recursionPlugin(options: RecursionPluginOptions = {}): RecursionPlugin {
  return new Recursion(options);
}

class Recursion implements RecursionPlugin {
  readonly name = "recursion";
  readonly #options: RecursionPluginOptions;
  readonly #isClient: (host: string) => boolean;
  #reactor: Reactor | undefined;
  #client: DnsClient | undefined;
  #resolver: RecursiveResolver | undefined;

  constructor(options: RecursionPluginOptions) {
    this.#options = options;
    this.#isClient = addressFilter(options.clients ?? recursionClients);
  }

  get statistics(): RecursionStatistics | undefined {
    return this.#resolver?.statistics;
  }

  get resolver(): RecursiveResolver | undefined {
    return this.#resolver;
  }

  async started(reactor: Reactor): Promise<void> {
    this.#reactor = reactor;
    const options = await this.#withHints(reactor);
    const questionsMax = this.#options.exchangesUnderWayMax ?? exchangesUnderWayMax;
    if (this.#options.exchanger === undefined)
      this.#client = new DnsClient(reactor, { questionsMax, ...this.#options.client });
    this.#resolver = new RecursiveResolver(reactor, this.#options.exchanger ?? this.#client!, options);
  }

  async stopped(): Promise<void> {
    const [resolver, client] = [this.#resolver, this.#client];
    this.#resolver = this.#client = undefined;
    await resolver?.[Symbol.asyncDispose]();
    await client?.[Symbol.asyncDispose]();
  }

  /** Reads the hints again; with others, what was learned of the root's servers is forgotten. */
  async reload(): Promise<void> {
    if (this.#reactor === undefined || this.#options.rootHintsFile === undefined) return;
    const { rootHints } = await this.#withHints(this.#reactor);
    if (rootHints !== undefined) this.#resolver?.infrastructure.cuts.begin(rootHints);
  }

  wrap(next: DnsAnswerer): DnsAnswerer {
    return (request) => {
      const { query } = request;
      if (query.opcode !== DnsOpcode.query || query.class !== DnsClass.in || isTransfer(query)) return next(request);
      return this.#answer(request, this.#resolver!);
    };
  }

  #answer(request: DnsRequest, resolver: RecursiveResolver): DnsReply | Promise<DnsReply> {
    const { query } = request;
    if (!this.#isServed(request)) return refused(ExtendedDnsError.prohibited);
    const fixed = fixedAnswer(query);
    if (fixed !== undefined) return fixed;
    const question = { name: query.name, type: query.type };
    const options = { dnssecOk: query.edns?.dnssecOk ?? false };
    if ((query.flags & DnsFlag.rd) !== 0) return resolver.resolve(question, options);
    return resolver.known(question, options) ?? refused(ExtendedDnsError.notAuthoritative);
  }

  /** Who asks over a pipe or a socket of this host is no stranger. */
  #isServed(request: DnsRequest): boolean {
    const host = dnsPeerHost(request);
    return host === "" || this.#isClient(host);
  }

  async #withHints(reactor: Reactor): Promise<RecursionPluginOptions> {
    const { rootHintsFile } = this.#options;
    if (rootHintsFile === undefined) return this.#options;
    const path = rootHintsFile.replace(/^\/+/, "");
    const octets = await reactor.files("/").readFile(path, { octetsMax: hintsOctetsMax });
    return { ...this.#options, rootHints: parseRootHints(Buffer.from(octets).toString()) };
  }
}

function isTransfer({ type }: DnsQuery): boolean {
  return type === DnsType.AXFR || type === DnsType.IXFR;
}

/** Nobody here does that: extended errors say why (RFC 8914 §4.19, §4.21). */
function refused(infoCode: number): DnsResponse {
  return dnsResponse({ rcode: DnsRcode.refused, recursionAvailable: true, options: [told(infoCode)] });
}

/** What needs nobody to be asked: questions that are none, and those for everything (RFC 8482 §4.2). */
function fixedAnswer({ name, type }: DnsQuery): DnsResponse | undefined {
  if (type === DnsType.ANY) {
    const answers = encodeDnsSets([dnsRecord(name, "HINFO", { cpu: `RFC${8482}`, os: "" })]);
    return dnsResponse({ recursionAvailable: true, answers });
  }
  const rcode = noData.get(type);
  return rcode === undefined ? undefined : dnsResponse({ rcode, recursionAvailable: true });
}

/** Types that are no data (RFC 6891 §6.1.1, RFC 8945 §4.2, RFC 2930 §2), and what nobody does any more (RFC 1035 §3.2.3). */
const noData: ReadonlyMap<number, number> = new Map([
  [0, DnsRcode.formErr],
  [DnsType.OPT, DnsRcode.formErr],
  [DnsType.TSIG, DnsRcode.formErr],
  [DnsType.TKEY, DnsRcode.notImp],
  [DnsType.MAILA, DnsRcode.notImp],
  [DnsType.MAILB, DnsRcode.notImp],
]);
