import { dialHost } from "../connecting/dial-host.ts";
import { requireHost } from "../connecting/require-host.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { listenOnHost } from "./listen-on-host.ts";
import {
  endpointFlag,
  endpointHost,
  endpointList,
  endpointNumber,
  endpointPort,
  endpointText,
  endpointWord,
} from "./parameters.ts";
import { tlsClientOptions, tlsServerOptions } from "./tls-options.ts";

/** `tls:443:cert=server.pem`, `tls:example.org:993`, `tls:localhost:993:ca=ca.pem`. Files are PEM. */
export interface TlsEndpoint {
  readonly type: "tls";
  readonly port: number;
  readonly host?: string | undefined;
  /** Our certificates with their chains. Several are chosen from by the name the client asks for. */
  readonly cert?: readonly string[] | undefined;
  /** Their keys, in the same order. Default: in the files of the certificates. */
  readonly key?: readonly string[] | undefined;
  /** Protocols offered by ALPN, most wanted first. Default when listening: those of the factory. */
  readonly alpn?: readonly string[] | undefined;
  readonly versionMin?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Listening: whose client certificates are trusted. With it a client must show one, unless `clientCert` says otherwise. */
  readonly clientCa?: readonly string[] | undefined;
  readonly clientCert?: "none" | "requested" | "required" | undefined;
  /** Connecting: whom to trust. Default: the platform's authorities. */
  readonly ca?: readonly string[] | undefined;
  /** Connecting: `no` accepts any certificate. Default yes. */
  readonly verify?: boolean | undefined;
  /** Connecting: the name to ask for and to verify. Default: the host. */
  readonly serverName?: string | undefined;
  readonly backlog?: number | undefined;
  readonly from?: string | undefined;
}

/** TLS from the first octet, over TCP (RFC 8446). The protocol sees a connection when its handshake is done. */
export const tlsEndpoint: EndpointKind<TlsEndpoint> = {
  ...endpointGrammar<TlsEndpoint>({
    type: "tls",
    positional: [[], ["port"], ["host", "port"]],
    required: ["port"],
    parameters: {
      host: endpointHost,
      port: endpointPort,
      cert: endpointList,
      key: endpointList,
      alpn: endpointList,
      versionMin: endpointWord("TLSv1.2", "TLSv1.3"),
      clientCa: endpointList,
      clientCert: endpointWord("none", "requested", "required"),
      ca: endpointList,
      verify: endpointFlag,
      serverName: endpointText,
      backlog: endpointNumber(1, 65_535),
      from: endpointHost,
    },
    aliases: { interface: "host", bindAddress: "from", certKey: "cert", privateKey: "key", hostname: "serverName" },
  }),

  async listen(endpoint, context) {
    const tls = await tlsServerOptions(endpoint, context);
    return {
      type: "streams",
      open: (accept) => listenOnHost(endpoint, context, accept),
      stages: [
        async (transport) => {
          await transport.startTls(tls);
          return transport;
        },
      ],
    };
  },

  async connect(endpoint, context) {
    const host = requireHost(endpoint);
    const tls = await tlsClientOptions(endpoint, host, context);
    const transport = await dialHost(host, endpoint.port, context, endpoint.from);
    const giveUp = () => transport.abort(context.signal.reason);
    context.signal.addEventListener("abort", giveUp, { once: true });
    try {
      await transport.startTls(tls);
    } finally {
      context.signal.removeEventListener("abort", giveUp);
    }
    return transport;
  },
};
