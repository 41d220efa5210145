import {
  type Address,
  type Endpoint,
  EndpointError,
  formatEndpoint,
  type Listener,
  parseEndpoint,
  UsageError,
} from "@hawser/core";

/** What the options say about where to listen. */
export interface DnsListenOptions {
  readonly listen: readonly string[];
  readonly port: number | undefined;
}

/** Where to listen, in order: what `--listen` names, then both transports of `--port`. */
export function dnsEndpoints({ listen, port }: DnsListenOptions): readonly string[] {
  if (port !== undefined) return [...listen, `tcp:${port}`, `udp:${port}`];
  return listen.length > 0 ? listen : ["tcp:53:interface=127.0.0.1", "udp:53:interface=127.0.0.1"];
}

/**
 * Listens on all endpoints. Where the system chooses a port, UDP takes the one that TCP has got at the same address, since
 * answers that are cut over one are asked for over the other.
 *
 * @throws {ConnectionError} when one cannot be listened on; then none is
 */
export async function listenOnAll(
  endpoints: readonly string[],
  listen: (endpoint: string) => Promise<Listener>,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  const chosen = new Map<string, number>();
  try {
    for (const text of endpoints) {
      const endpoint = endpointOf(text);
      const isOpen = isPlain(endpoint) && endpoint.port === 0;
      const place = isOpen ? (endpoint.host ?? "") : "";
      const port = isOpen ? chosen.get(place) : undefined;
      const listener = await listen(port === undefined ? text : formatEndpoint({ ...endpoint, port } as Endpoint));
      listeners.push(listener);
      if (isOpen && port === undefined) chosen.set(place, portOf(listener.address));
    }
    return listeners;
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.stop({ graceMs: 0 })));
    throw error;
  }
}

/** `udp:127.0.0.1:53`: the way, and where it really is. */
export function shownEndpoint(text: string, { address }: Listener): string {
  if (address.family !== "ipv4" && address.family !== "ipv6") return text;
  const host = address.family === "ipv6" ? `[${address.host}]` : address.host;
  return `${endpointOf(text).type}:${host}:${address.port}`;
}

/** How DNS is carried at an endpoint. */
export function dnsTransportOf(text: string): "tcp" | "tls" | "udp" {
  const { type } = endpointOf(text);
  return type === "tls" || type === "udp" ? type : "tcp";
}

/** `https://127.0.0.1:8443/dns-query`. */
export function shownUrl(text: string, { address }: Listener): string {
  const scheme = endpointOf(text).type === "tls" ? "https" : "http";
  if (address.family !== "ipv4" && address.family !== "ipv6") return text;
  const anywhere = address.host === "::" || address.host === "0.0.0.0";
  const host = anywhere ? "127.0.0.1" : address.family === "ipv6" ? `[${address.host}]` : address.host;
  return `${scheme}://${host}:${address.port}/dns-query`;
}

/** What is served over streams cannot be served on `udp:`. @throws {UsageError} */
export function requireStream(text: string, option: string): void {
  if (endpointOf(text).type === "udp") throw new UsageError(`--${option} ${text}: HTTPS needs tls: or tcp:`);
}

function endpointOf(text: string): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (error instanceof EndpointError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function isPlain(endpoint: Endpoint): endpoint is Extract<Endpoint, { readonly type: "tcp" | "udp" }> {
  return endpoint.type === "tcp" || endpoint.type === "udp";
}

function portOf(address: Address): number {
  return "port" in address ? address.port : 0;
}
