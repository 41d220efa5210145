import type { Factory, Reactor } from "@hawser/core";
import type { World } from "@hawser/core/simulation";
import { DnsClient } from "../client/dns-client.ts";
import type { DnsMessage } from "../message/message.ts";
import { formatDnsRecord } from "../records/text.ts";
import type { DnsTypeName } from "../records/types.ts";
import { dnsServer } from "../serving/dns-server.ts";
import { DnsClass, formatDnsRcode } from "../words.ts";
import { type RecursionPlugin, type RecursionPluginOptions, recursionPlugin } from "./recursion-plugin.ts";
import { nameOf, type TreeServer, tree, treeServers } from "./tree.test.kit.ts";

/** Puts the tree into a world, each server on its host; factories may take the place of some. */
export async function plantTree(
  world: World,
  instead: Partial<Record<TreeServer, (usual: Factory) => Factory>> = {},
): Promise<void> {
  for (const name of treeServers) world.host(name);
  const plugins = tree((server) => world.host(server).address);
  for (const name of treeServers) {
    const usual = dnsServer(plugins.get(name)!);
    const factory = instead[name]?.(usual) ?? usual;
    await world.listen("udp:53", factory, { reactor: world.host(name) });
    await world.listen("tcp:53", factory, { reactor: world.host(name) });
  }
}

/** A recursive server on the host `resolver`. */
export async function plantResolver(world: World, options: RecursionPluginOptions = {}): Promise<RecursionPlugin> {
  const rootHints = new Map([
    [nameOf("a.root-servers.net"), [world.host("root1").address]],
    [nameOf("b.root-servers.net"), [world.host("root2").address]],
  ]);
  const plugin = recursionPlugin({ rootHints, families: "ipv4", ...options });
  const factory = dnsServer(plugin);
  await world.listen("udp:53", factory, { reactor: world.host("resolver") });
  await world.listen("tcp:53", factory, { reactor: world.host("resolver") });
  return plugin;
}

/** Asks a server one question, as a stub resolver does. */
export async function askServer(
  reactor: Reactor,
  host: string,
  text: string,
  options: {
    readonly port?: number;
    readonly transport?: "tcp" | "udp";
    readonly recursionDesired?: boolean;
    /** AD: that it wants to know whether the answer was validated (RFC 6840 §5.7). */
    readonly authenticData?: boolean;
    readonly timeoutMs?: number;
  } = {},
): Promise<DnsMessage> {
  const { port = 53, transport = "udp", recursionDesired = true, authenticData = false, timeoutMs = 30_000 } = options;
  const client = new DnsClient(reactor);
  const [name = "", type = "A"] = text.split(" ");
  const questions = [{ name: nameOf(name), type: type as DnsTypeName, class: DnsClass.in }];
  try {
    return await client.exchange(
      { recursionDesired, authenticData, questions },
      { transport, host, port },
      { timeoutMs },
    );
  } finally {
    await client[Symbol.asyncDispose]();
  }
}

/** The rcode, extended errors as `EDE n`, and the answers without TTLs. */
export function toldBy(message: DnsMessage): readonly string[] {
  const errors = (message.edns?.options ?? []).flatMap((option) =>
    option.type === "extended-error" ? `EDE ${option.infoCode}` : [],
  );
  const answers = message.answers.map((record) => formatDnsRecord(record).replace(/ \d+ IN/, " IN"));
  return [formatDnsRcode(message.rcode), ...errors, ...answers];
}
