import { ConnectionError, parseIp, type Reactor } from "@hawser/core";
import type { DigServer } from "./carrier.ts";
import type { DigGlobals, DigSettings } from "./settings.ts";
import type { DigSystem } from "./system.ts";

/** The ports of the transports (RFC 1035 §4.2, RFC 7858 §3.1, RFC 8484 §4.1). */
const ports = { udp: 53, tcp: 53, tls: 853, https: 443 } as const;

/** Whom a question goes to; nobody when a name has no address of a family that is wanted. */
export async function digServers(
  { server, transport }: Pick<DigSettings, "server" | "transport">,
  { port, family }: DigGlobals,
  system: DigSystem,
  reactor: Reactor,
): Promise<readonly DigServer[]> {
  const servers: DigServer[] = [];
  for (const text of server === undefined ? system.servers : [server]) {
    const [called = "", ownPort] = text.split("#");
    const hosts = parseIp(called) === undefined ? await addressesOf(reactor, called) : [called];
    for (const host of hosts) {
      if (family !== undefined && host.includes(":") !== (family === 6)) continue;
      servers.push({ host, port: ownPort === undefined ? (port ?? ports[transport]) : Number(ownPort), called });
    }
  }
  return servers;
}

/** The addresses of a name, as the system knows them; none when it knows none. */
export async function addressesOf(reactor: Reactor, name: string): Promise<readonly string[]> {
  try {
    return (await reactor.names.lookup(name)).map(({ host }) => host);
  } catch (error) {
    if (error instanceof ConnectionError) return [];
    throw error;
  }
}
