import { dialHost } from "../connecting/dial-host.ts";
import { requireHost } from "../connecting/require-host.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { listenOnHost } from "./listen-on-host.ts";
import { endpointHost, endpointNumber, endpointPort } from "./parameters.ts";

/** `tcp:7777`, `tcp:7777:interface=127.0.0.1`, `tcp:example.org:80`, `tcp:[::1]:80`. */
export interface TcpEndpoint {
  readonly type: "tcp";
  /** 0 lets the system choose, when listening. */
  readonly port: number;
  /** A name or address. Listening without it means all interfaces; connecting needs it. */
  readonly host?: string | undefined;
  readonly backlog?: number | undefined;
  /** The local address to connect from. */
  readonly from?: string | undefined;
}

/** Connections over TCP (RFC 9293). */
export const tcpEndpoint: EndpointKind<TcpEndpoint> = {
  ...endpointGrammar<TcpEndpoint>({
    type: "tcp",
    positional: [[], ["port"], ["host", "port"]],
    required: ["port"],
    parameters: { host: endpointHost, port: endpointPort, backlog: endpointNumber(1, 65_535), from: endpointHost },
    aliases: { interface: "host", bindAddress: "from" },
  }),
  listen: (endpoint, context) => ({
    type: "streams",
    open: (accept) => listenOnHost(endpoint, context, accept),
    stages: [],
  }),
  connect: (endpoint, context) => dialHost(requireHost(endpoint), endpoint.port, context, endpoint.from),
};
