import {
  type Command,
  type CommandContext,
  type CommandValues,
  command,
  type Listener,
  quote,
  type Reactor,
  type Service,
  UsageError,
} from "@hawser/core";
import { type DnsServer, dnsServer } from "../../serving/dns-server.ts";
import { requireFile, requireFolder } from "../text-file.ts";
import { commandChain } from "./chain.ts";
import { dnsEndpoints, dnsTransportOf, listenOnAll, requireStream, shownEndpoint } from "./endpoints.ts";
import { TsigKeyring } from "./keyring.ts";
import { type DnsCommandOptions, dnsCommandOptions } from "./options.ts";
import { ServingGate } from "./serving-gate.ts";
import { checkZoneFiles, requireDistinct, zoneFault } from "./zones.ts";

type Given = CommandValues<DnsCommandOptions>;

/** `hawser dns`: authority over zones, copies of others', a forwarder, or a resolver; or all of these. */
export const dnsCommand: Command<DnsCommandOptions> = command({
  name: "dns",
  summary: "Answer DNS questions: from zones, from other servers, or from the root on",
  options: dnsCommandOptions,
  examples: [
    ["hawser dns --port 53 --zone example.org=example.org.zone", "authority over a zone, for everybody"],
    ["hawser dns --port 53 --secondary example.org@192.0.2.53 --state copies", "a copy of a zone of another server"],
    ["hawser dns --forward tls://9.9.9.9#dns.quad9.net --block ads.txt", "for this machine: private, and without ads"],
    ["hawser dns --port 53 --recursive --hosts /etc/hosts", "a resolver for a home"],
    ["hawser dns --listen tls:853:cert=dns.pem --forward 192.0.2.1", "over TLS"],
    ["hawser dns --zone a.example=a.zone --tsig k=k.key --allow-transfer k", "give the zone to who has a key"],
  ],
  personal: {
    options: {
      listen: ["tcp:5300:interface=127.0.0.1", "udp:5300:interface=127.0.0.1"],
      zone: { "home.arpa": "dns/home.arpa.zone" },
      hosts: ["/etc/hosts"],
    },
  },
  async start(given, context): Promise<Service> {
    const { reactor } = context;
    await requireSense(given, reactor);
    const keys = await keyring(given, reactor);
    const gate = new ServingGate();
    if (context.whenServing === undefined) await gate.open();
    const log = given.log === undefined ? undefined : await context.openLog(given.log);
    const listeners: Listener[] = [];
    const stop: Service["stop"] = async (how) => {
      await Promise.all(listeners.map((listener) => listener.stop(how)));
      await log?.close();
    };
    try {
      const plugins = commandChain(given, { keys, gate, log: log && ((line) => log.write(`${line}\n`)) });
      const server = dnsServer(plugins, serverOptions(given, keys));
      listeners.push(...(await listenEverywhere(given, server, context)));
      context.whenServing?.(() => gate.open());
      const reload = async (): Promise<void> => {
        await keys.load();
        await server.reload();
      };
      return { stop, reload };
    } catch (error) {
      await stop();
      throw zoneFault(error);
    }
  },
  async preview(given, { reactor }) {
    await requireSense(given, reactor);
    const keys = await keyring(given, reactor);
    await checkZoneFiles(given.zone, reactor);
    commandChain(given, { keys, gate: new ServingGate(), log: undefined });
    return { listens: [...dnsEndpoints(given), ...given.https] };
  },
});

async function requireSense(given: Given, reactor: Reactor): Promise<void> {
  const { zone, secondary, forward, recursive, hosts, allow, block } = given;
  const copies = [...new Set(secondary.map((one) => String(one.zone)))];
  requireDistinct([...zone.map(([name]) => name), ...copies]);
  const looksUp = forward.length > 0 || recursive;
  if (zone.length === 0 && secondary.length === 0 && hosts.length === 0 && !looksUp)
    throw new UsageError("there is nothing to answer: add --zone, --secondary, --hosts, --forward or --recursive");
  if (block.length > 0 && !looksUp) throw new UsageError("--block needs --forward or --recursive");
  if (allow.length > 0 && !looksUp && hosts.length === 0)
    throw new UsageError("--allow needs --hosts, --forward or --recursive: zones are for everybody");
  requireMasters(given);
  if (reactor.kind === "cluster" && (secondary.length > 0 || given.allowUpdate.length > 0))
    throw new UsageError("--secondary and --allow-update need one process, which keeps the zones: leave out --reactor");
  for (const endpoint of given.https) requireStream(endpoint, "https");
  await requireFiles(given, reactor);
}

/** Who may take or change zones is said of zones that there are. */
function requireMasters({ zone, secondary, allowTransfer, allowUpdate, notify, state }: Given): void {
  const hasZones = zone.length > 0 || secondary.length > 0;
  if (allowTransfer.length > 0 && !hasZones) throw new UsageError("--allow-transfer needs --zone or --secondary");
  if (notify.length > 0 && !hasZones) throw new UsageError("--notify needs --zone or --secondary");
  if (allowUpdate.length > 0 && zone.length === 0) throw new UsageError("--allow-update needs --zone");
  if (state !== undefined && secondary.length === 0) throw new UsageError("--state needs --secondary");
}

async function requireFiles(given: Given, reactor: Reactor): Promise<void> {
  for (const [name, file] of given.zone) await requireFile(reactor, file, `serve ${quote(plain(name))} from`);
  for (const file of given.hosts) await requireFile(reactor, file, "answer from");
  for (const file of given.block) await requireFile(reactor, file, "block by");
  if (given.rootHints !== undefined) await requireFile(reactor, given.rootHints, "take root hints from");
  if (given.state !== undefined) await requireFolder(reactor, given.state, "keep copies in");
}

function plain(name: string): string {
  return name.replace(/(?<=.)\.$/, "");
}

async function keyring({ tsig }: Given, reactor: Reactor): Promise<TsigKeyring> {
  const keys = new TsigKeyring(reactor, tsig);
  await keys.load();
  return keys;
}

function serverOptions({ nsid, rateLimit, clientLimit }: Given, keys: TsigKeyring): Parameters<typeof dnsServer>[1] {
  return {
    tsigKeys: (name) => keys.find(name),
    nsid,
    rateLimit: rateLimit === undefined ? undefined : { responsesPerSecond: rateLimit },
    clientLimit: clientLimit === undefined ? undefined : { questionsPerSecond: clientLimit },
  };
}

async function listenEverywhere(
  given: Given,
  server: DnsServer,
  context: CommandContext,
): Promise<readonly Listener[]> {
  const plain = dnsEndpoints(given);
  const listeners = await listenOnAll(plain, (endpoint) => context.listen(endpoint, server));
  const lines = plain.map((endpoint, at) => `listening on ${shownEndpoint(endpoint, listeners[at]!)}`);
  if (given.https.length > 0) {
    const { listenByHttps } = await import("./https.ts");
    const https = await listenByHttps(given.https, server, context);
    listeners.push(...https.listeners);
    lines.push(...https.lines);
  }
  for (const line of lines) context.print(line);
  tellHow(given, listeners, context);
  return listeners;
}

/** Whoever starts a server wants to ask it, and port 53 is where nobody has to be told. */
function tellHow(given: Given, listeners: readonly Listener[], { print }: CommandContext): void {
  const ways = dnsEndpoints(given).map(dnsTransportOf);
  const at = Math.max(
    0,
    ways.findIndex((way) => way === "tcp" || way === "udp"),
  );
  const { address } = listeners[at]!;
  if (!("port" in address) || address.port === 53) return;
  const host = address.host === "::" || address.host === "0.0.0.0" ? "127.0.0.1" : address.host;
  const name = given.zone[0] === undefined ? "localhost" : `${plain(given.zone[0][0])} SOA`;
  print(`ask it: hawser dig @${host} -p ${address.port} ${name}${ways[at] === "tls" ? " +tls" : ""}`);
}
