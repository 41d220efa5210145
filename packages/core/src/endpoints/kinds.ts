import { quote } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { execEndpoint } from "./exec.ts";
import { fdEndpoint } from "./fd.ts";
import type { EndpointKind, EndpointShape } from "./kind.ts";
import { proxyEndpoint } from "./proxy.ts";
import { stdioEndpoint } from "./stdio.ts";
import { systemdEndpoint } from "./systemd.ts";
import { tcpEndpoint } from "./tcp.ts";
import { tlsEndpoint } from "./tls.ts";
import { udpEndpoint } from "./udp.ts";
import { unixEndpoint } from "./unix.ts";

const builtIn: readonly EndpointKind[] = [
  execEndpoint,
  fdEndpoint,
  proxyEndpoint,
  stdioEndpoint,
  systemdEndpoint,
  tcpEndpoint,
  tlsEndpoint,
  udpEndpoint,
  unixEndpoint,
];

const kinds = new Map<string, EndpointKind>(builtIn.map((kind) => [kind.type, kind]));

/**
 * Brings a new prefix into the toolkit: `registerEndpoint(socks5Endpoint)`.
 * @throws {TypeError} when another kind has the prefix already
 */
export function registerEndpoint<E extends EndpointShape>(kind: EndpointKind<E>): void {
  const known = kinds.get(kind.type);
  if (known !== undefined && known !== (kind as EndpointKind<never>))
    throw new TypeError(`Cannot register the endpoint ${quote(kind.type)}: another kind has this prefix`);
  if (!/^[a-z][a-z0-9+.-]*$/.test(kind.type))
    throw new TypeError(`Cannot register the endpoint ${quote(kind.type)}: a prefix is a lower-case word`);
  kinds.set(kind.type, kind as EndpointKind<never>);
}

/** The prefixes that endpoints may begin with. */
export function endpointTypes(): readonly string[] {
  return [...kinds.keys()].sort();
}

/** The kind with a prefix, where there is one. */
export function findEndpointKind(type: string): EndpointKind | undefined {
  return kinds.get(type);
}

/** The kind of an endpoint object. */
export function endpointKindOf(endpoint: Endpoint): EndpointKind {
  const kind = kinds.get(endpoint.type);
  if (kind === undefined) throw new TypeError(`Cannot use an endpoint of the unknown type ${quote(endpoint.type)}`);
  return kind;
}
