import { ipAddress } from "../address.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { addressOf, onEveryInterface } from "./listen-on-host.ts";
import { endpointFlag, endpointHost, endpointPort } from "./parameters.ts";

/** `udp:53`, `udp:53:interface=127.0.0.1`. */
export interface UdpEndpoint {
  readonly type: "udp";
  readonly port: number;
  readonly host?: string | undefined;
  /** Several sockets share the port. Default no. */
  readonly reuse?: boolean | undefined;
}

/** Datagrams over UDP (RFC 768). The factory must speak over datagrams ({@link Factory.bind}). */
export const udpEndpoint: EndpointKind<UdpEndpoint> = {
  ...endpointGrammar<UdpEndpoint>({
    type: "udp",
    positional: [[], ["port"], ["host", "port"]],
    required: ["port"],
    parameters: { host: endpointHost, port: endpointPort, reuse: endpointFlag },
    aliases: { interface: "host" },
  }),
  listen(endpoint, context) {
    const options = { reuseAddress: endpoint.reuse, signal: context.options.signal };
    const bind = (host: string) => context.reactor.network.bind(ipAddress(host, endpoint.port), options);
    return {
      type: "datagrams",
      bind: async () =>
        endpoint.host === undefined ? onEveryInterface(bind) : bind(await addressOf(endpoint.host, context)),
    };
  },
};
