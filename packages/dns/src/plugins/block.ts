import { parseIp, quote, type Reactor } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import { DnsTextError } from "../errors.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import { rootName } from "../name/domain-name.ts";
import { latin1Of, lowerLatin1 } from "../name/octets.ts";
import { encodeDnsData } from "../records/data-octets.ts";
import { DnsType } from "../records/types.ts";
import type { DnsAnswerer, DnsPlugin } from "../serving/plugin.ts";
import { type DnsReply, type DnsResponse, dnsResponse, explainedResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsClass, DnsOpcode, DnsRcode } from "../words.ts";
import { parseBlockListLine } from "./block/list-line.ts";
import { NameSet } from "./block/name-set.ts";
import { eachLine } from "./files/each-line.ts";
import { WatchedFiles } from "./files/watched-files.ts";
import { namesOf } from "./names.ts";
import { changeResponse, extendedError } from "./reply-steps.ts";

/** What {@link blockPlugin} blocks, and how. */
export interface BlockPluginOptions {
  /** Lists, in any mixture of the formats of hosts files, plain names and ad blockers. They are read again when they change. */
  readonly files?: readonly string[] | undefined;
  /** Names that are blocked with all names below them. */
  readonly names?: readonly (DomainName | string)[] | undefined;
  /** Names that are never blocked, with all names below them; and so are those in the lists' exceptions. */
  readonly allow?: readonly (DomainName | string)[] | undefined;
  /** Lists of names that are never blocked. */
  readonly allowFiles?: readonly string[] | undefined;
  /** That there is no such name, that it has address zero, that it is refused; or addresses to go to. Default `nxdomain`. */
  readonly answer?: "nxdomain" | "refused" | "zero" | readonly string[] | undefined;
  /** How long clients believe it. Default 60 s: lists change, and people make exceptions. */
  readonly ttlSeconds?: number | undefined;
  /** Whether names are blocked that are aliases of blocked names. Default true: advertisers hide so. */
  readonly aliases?: boolean | undefined;
  /** How often the files are looked at; 0: never. Default 60,000 ms. */
  readonly checkEveryMs?: number | undefined;
  /** Names of all lists together; more are an error. Default 5,000,000: some 150 MB. */
  readonly namesMax?: number | undefined;
}

/** What a {@link blockPlugin} holds and has done. */
export interface BlockStatistics {
  readonly names: number;
  readonly allowed: number;
  /** Lines of the lists that nobody understands. */
  readonly unknownLines: number;
  /** Memory for the names. */
  readonly octets: number;
  /** Requests that were blocked. */
  readonly blocked: number;
}

/** The plugin, and what it holds. */
export interface BlockPlugin extends DnsPlugin {
  readonly blockStatistics: BlockStatistics;
}

/** Octets of one list. The largest in use have some 50 million. */
const fileOctetsMax = 268_435_456;

/**
 * Blocks names of lists, and says so (RFC 8914 §4.16). Names stand packed in memory, and a lookup takes a step for each label.
 * While lists are read again, and when they cannot be or are something else, the old ones hold.
 *
 * @throws {RangeError} when an address to answer with is none
 * @throws {DnsTextError} when a name cannot be read
 */
export function blockPlugin(options: BlockPluginOptions): BlockPlugin {
  return new Blocking(options);
}

class Blocking implements BlockPlugin {
  readonly name = "block";
  readonly #options: BlockPluginOptions;
  readonly #answer: (request: DnsRequest) => DnsResponse;
  readonly #files: WatchedFiles;
  #lists: BlockLists;
  #blocked = 0;

  constructor(options: BlockPluginOptions) {
    const { files = [], allowFiles = [], checkEveryMs = 60_000, answer = "nxdomain", ttlSeconds = 60 } = options;
    this.#options = options;
    this.#answer = answerWith(answer, ttlSeconds);
    this.#lists = new BlockLists(0, options);
    const load = (reactor: Reactor): Promise<void> => this.#load(reactor);
    this.#files = new WatchedFiles({ where: "blockPlugin", paths: [...files, ...allowFiles], checkEveryMs, load });
  }

  get blockStatistics(): BlockStatistics {
    const { block, allow, unknownLines } = this.#lists;
    const octets = block.octets + allow.octets;
    return { names: block.size, allowed: allow.size, unknownLines, octets, blocked: this.#blocked };
  }

  wrap(next: DnsAnswerer): DnsAnswerer {
    const { aliases = true } = this.#options;
    return (request) => {
      if (request.query.opcode !== DnsOpcode.query) return next(request);
      const { key } = request.query.name;
      if (this.#lists.isBlocked(key)) return this.#block(request);
      if (!aliases) return next(request);
      return changeResponse(next(request), (response) => this.#withoutAliases(request, response));
    };
  }

  started(reactor: Reactor): Promise<void> {
    return this.#files.start(reactor);
  }

  stopped(): Promise<void> {
    return this.#files.stop();
  }

  reload(): Promise<void> {
    return this.#files.reload();
  }

  #block(request: DnsRequest): DnsResponse {
    this.#blocked++;
    return this.#answer(request);
  }

  /** A name that is allowed may be an alias of what it likes. */
  #withoutAliases(request: DnsRequest, response: DnsResponse): DnsReply {
    for (const { type, data } of response.answers) {
      if (type !== DnsType.CNAME || data[0] === undefined) continue;
      const isBlocked = this.#lists.isBlocked(lowerLatin1(latin1Of(data[0])));
      if (isBlocked && !this.#lists.isAllowed(request.query.name.key)) return this.#block(request);
    }
    return response;
  }

  async #load(reactor: Reactor): Promise<void> {
    const { files = [], allowFiles = [] } = this.#options;
    const lists = new BlockLists(reactor.random.integer(0, 2 ** 32), this.#options);
    for (const path of files) await lists.read(reactor, path, (line) => lists.add(line));
    for (const path of allowFiles) await lists.read(reactor, path, (line) => lists.addAllowed(line));
    lists.trim();
    this.#lists = lists;
  }
}

/** All lists as one. */
class BlockLists {
  readonly block: NameSet;
  readonly allow: NameSet;
  unknownLines = 0;
  readonly #namesMax: number;
  #namesRead = 0;

  constructor(seed: number, { names = [], allow = [], namesMax = 5_000_000 }: BlockPluginOptions) {
    this.block = new NameSet(seed);
    this.allow = new NameSet(seed);
    this.#namesMax = namesMax;
    for (const { key } of namesOf(names)) this.block.add(key, true);
    for (const { key } of namesOf(allow)) this.allow.add(key, true);
  }

  isBlocked(key: string): boolean {
    return this.block.holds(key) && !this.allow.holds(key);
  }

  isAllowed(key: string): boolean {
    return this.allow.holds(key);
  }

  /** @throws {DnsTextError} when there are lines, and none has a name: then it is something else */
  async read(reactor: Reactor, path: string, take: (line: string) => void): Promise<void> {
    const [namesBefore, unknownBefore] = [this.#namesRead, this.unknownLines];
    await eachLine(reactor, path, fileOctetsMax, take);
    if (this.#namesRead > namesBefore || this.unknownLines === unknownBefore) return;
    throw new DnsTextError("bad-value", `Cannot read the list ${quote(path)}: no line has a name`);
  }

  add(text: string): void {
    const line = parseBlockListLine(text);
    if (line === "unknown") this.unknownLines++;
    else if (line !== undefined) this.#addTo(line.type === "block" ? this.block : this.allow, line.keys, line.below);
  }

  /** Every name in such a list is meant with all below it. */
  addAllowed(text: string): void {
    const line = parseBlockListLine(text);
    if (line === "unknown") this.unknownLines++;
    else if (line !== undefined) this.#addTo(this.allow, line.keys, true);
  }

  trim(): void {
    this.block.trim();
    this.allow.trim();
  }

  #addTo(set: NameSet, keys: readonly string[], below: boolean): void {
    for (const key of keys) set.add(key, below);
    this.#namesRead += keys.length;
    if (this.block.size + this.allow.size > this.#namesMax)
      throw new RangeError(`Cannot block the names of the lists: they are more than ${this.#namesMax}`);
  }
}

const { blocked } = ExtendedDnsError;

function answerWith(
  answer: NonNullable<BlockPluginOptions["answer"]>,
  ttl: number,
): (request: DnsRequest) => DnsResponse {
  if (answer === "refused") {
    const refused = explainedResponse(DnsRcode.refused, blocked, "");
    return () => refused;
  }
  if (answer === "nxdomain") return (request) => denial(request, DnsRcode.nxDomain, ttl);
  const data = addressData(answer === "zero" ? ["0.0.0.0", "::"] : answer);
  return (request) => {
    const addresses = request.query.class === DnsClass.in ? data.get(request.query.type) : undefined;
    return addresses === undefined ? denial(request, DnsRcode.noError, ttl) : found(request, addresses, ttl);
  };
}

/** With a SOA record of the name's own, so that clients remember it (RFC 2308 §5). */
function denial({ query: { name, class: of } }: DnsRequest, rcode: number, ttl: number): DnsResponse {
  const authorities = [{ name, type: DnsType.SOA, class: of, ttl, data: [soaData] }];
  return dnsResponse({ rcode, authorities, recursionAvailable: true, options });
}

function found(
  { query: { name, type, class: of } }: DnsRequest,
  data: DnsEncodedSet["data"],
  ttl: number,
): DnsResponse {
  const answers = [{ name, type, class: of, ttl, data }];
  return dnsResponse({ answers, recursionAvailable: true, options });
}

function addressData(addresses: readonly string[]): ReadonlyMap<number, readonly Uint8Array[]> {
  const data = new Map<number, Uint8Array[]>();
  for (const address of addresses) {
    const octets = parseIp(address);
    if (octets === undefined) throw new RangeError(`Cannot answer with ${quote(address)}: it is no address`);
    const type = octets.length === 4 ? DnsType.A : DnsType.AAAA;
    data.set(type, [...(data.get(type) ?? []), octets]);
  }
  return data;
}

const options = [extendedError(blocked)];

/** Its last field counts no less than its TTL. */
const soaData = encodeDnsData("SOA", {
  primary: rootName,
  mailbox: rootName,
  serial: 1,
  refreshSeconds: 86_400,
  retrySeconds: 86_400,
  expireSeconds: 86_400,
  minimumSeconds: 86_400,
});
