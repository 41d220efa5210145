import {
  type Command,
  type CommandContext,
  type CommandValues,
  command,
  type Listener,
  type Service,
  UsageError,
} from "@hawser/core";
import { type DnsServer, dnsServer } from "../../serving/dns-server.ts";
import { commandChain } from "./chain.ts";
import { dnsEndpoints, listenOnAll, requireStream, shownEndpoint } from "./endpoints.ts";
import { TsigKeyring } from "./keyring.ts";
import { type DnsCommandOptions, dnsCommandOptions } from "./options.ts";
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
  async start(given, context): Promise<Service> {
    requireSense(given);
    const { reactor } = context;
    const keys = await keyring(given, context);
    const log = given.log === undefined ? undefined : await context.openLog(given.log);
    try {
      const { plugins, serve } = commandChain(given, { reactor, keys, log: log && ((line) => log.write(`${line}\n`)) });
      const server = dnsServer(plugins, serverOptions(given, keys));
      const listeners = await listenEverywhere(given, server, context);
      if (context.whenServing === undefined) serve();
      else context.whenServing(serve);
      return {
        async stop(how) {
          await Promise.all(listeners.map((listener) => listener.stop(how)));
          await log?.close();
        },
        async reload() {
          await keys.load();
          await server.reload();
        },
      };
    } catch (error) {
      await log?.close();
      throw zoneFault(error);
    }
  },
  async preview(given, { reactor }) {
    requireSense(given);
    const keys = await keyring(given, { reactor });
    await checkZoneFiles(given.zone, reactor);
    commandChain(given, { reactor, keys, log: undefined });
    return { listens: [...dnsEndpoints(given), ...given.https] };
  },
});

function requireSense(given: Given): void {
  const { zone, secondary, forward, recursive, state, allowUpdate, allow } = given;
  const copies = [...new Set(secondary.map((one) => String(one.zone)))];
  requireDistinct([...zone.map(([name]) => name), ...copies]);
  const hasSource = zone.length > 0 || secondary.length > 0 || forward.length > 0 || recursive;
  if (!hasSource) throw new UsageError("there is nothing to answer: add --zone, --secondary, --forward or --recursive");
  if (state === undefined && allowUpdate.length > 0)
    throw new UsageError("--allow-update needs --state, to keep changes");
  if (allow.length > 0 && forward.length === 0 && !recursive)
    throw new UsageError("--allow needs --forward or --recursive");
  for (const endpoint of given.https) requireStream(endpoint, "https");
}

async function keyring({ tsig }: Given, { reactor }: Pick<CommandContext, "reactor">): Promise<TsigKeyring> {
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
  for (const [at, endpoint] of plain.entries())
    context.print(`listening on ${shownEndpoint(endpoint, listeners[at]!)}`);
  return listeners;
}
