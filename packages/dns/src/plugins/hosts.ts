import { parseIp, type Reactor } from "@hawser/core";
import { reverseName } from "../client/resolver/special-names.ts";
import { type HostsTable, parseHostsFile } from "../client/system/hosts-file.ts";
import { nameOfWire } from "../name/domain-name.ts";
import { dnsRecord } from "../records/text.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsClass, DnsOpcode } from "../words.ts";
import { filePlace } from "./files/file-place.ts";
import { WatchedFiles } from "./files/watched-files.ts";

/** What {@link hostsPlugin} knows. */
export interface HostsPluginOptions {
  /** A file in the format of `/etc/hosts`, of 16 MiB at most. It is read again when it has changed. */
  readonly file?: string | undefined;
  /** The same as text; where there is a file as well, it comes first. */
  readonly table?: string | undefined;
  /** Default 3,600 s. */
  readonly ttlSeconds?: number | undefined;
  /** How often the file is looked at; 0: never. Default 5,000 ms. */
  readonly checkEveryMs?: number | undefined;
  /** Whether other types of listed names go to the next plugin, as names that are not listed always do. Default false. */
  readonly fallthrough?: boolean | undefined;
}

/** Larger files are for zones. */
const fileOctetsMax = 16_777_216;

/**
 * Answers A, AAAA and PTR from a hosts file. A name that is listed has no data of other types, so that nobody else is asked for
 * the IPv6 address of a host that has none. Lines that are wrong are passed over.
 */
export function hostsPlugin(options: HostsPluginOptions): DnsPlugin {
  const { file, table = "", ttlSeconds = 3_600, checkEveryMs = 5_000, fallthrough } = options;
  let hosts = new Hosts(parseHostsFile(table), ttlSeconds);
  const load = async (reactor: Reactor): Promise<void> => {
    const text = file === undefined ? "" : await readText(reactor, file);
    hosts = new Hosts(parseHostsFile(`${table}\n${text}`), ttlSeconds);
  };
  const files = new WatchedFiles({ where: "hostsPlugin", paths: file === undefined ? [] : [file], checkEveryMs, load });
  return {
    name: "hosts",
    wrap: (next) => (request) => hosts.answer(request, fallthrough === true) ?? next(request),
    started: (reactor) => files.start(reactor),
    stopped: () => files.stop(),
    reload: () => files.reload(),
  };
}

async function readText(reactor: Reactor, file: string): Promise<string> {
  const { tree, path } = filePlace(reactor, file);
  return new TextDecoder().decode(await tree.readFile(path, { octetsMax: fileOctetsMax }));
}

/** What stands in hosts files about a name: answers by type, made once. */
type HostAnswers = ReadonlyMap<number, DnsResponse>;

class Hosts {
  readonly #names = new Map<string, HostAnswers>();

  constructor({ addresses, names }: HostsTable, ttl: number) {
    for (const [key, all] of addresses) {
      const name = nameOfWire(key);
      const records = all.map((address) => dnsRecord(name, address.includes(":") ? "AAAA" : "A", { address }, { ttl }));
      this.#names.set(key, answersOf(records));
    }
    for (const [address, all] of names) {
      const name = reverseName(parseIp(address)!);
      this.#names.set(name.key, answersOf(all.map((target) => dnsRecord(name, "PTR", { target }, { ttl }))));
    }
  }

  answer({ query }: DnsRequest, passesTypes: boolean): DnsResponse | undefined {
    if (query.opcode !== DnsOpcode.query || query.class !== DnsClass.in) return undefined;
    const answers = this.#names.get(query.name.key);
    if (answers === undefined) return undefined;
    return (
      answers.get(query.type) ?? (passesTypes ? undefined : query.type === DnsType.ANY ? everything(answers) : noData)
    );
  }
}

const noData = dnsResponse({ authoritative: true });

function answersOf(records: Parameters<typeof encodeDnsSets>[0]): HostAnswers {
  return new Map(encodeDnsSets(records).map((set) => [set.type, dnsResponse({ authoritative: true, answers: [set] })]));
}

function everything(answers: HostAnswers): DnsResponse {
  return dnsResponse({ authoritative: true, answers: [...answers.values()].flatMap((one) => one.answers) });
}
