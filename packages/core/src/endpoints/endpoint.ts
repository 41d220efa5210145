import type { ExecEndpoint } from "./exec.ts";
import type { FdEndpoint } from "./fd.ts";
import type { ProxyEndpoint } from "./proxy.ts";
import type { StdioEndpoint } from "./stdio.ts";
import type { SystemdEndpoint } from "./systemd.ts";
import type { TcpEndpoint } from "./tcp.ts";
import type { TlsEndpoint } from "./tls.ts";
import type { UdpEndpoint } from "./udp.ts";
import type { UnixEndpoint } from "./unix.ts";

/** Every kind of endpoint by its prefix. Packages that add one extend this interface and call {@link registerEndpoint}. */
export interface EndpointTypes {
  readonly exec: ExecEndpoint;
  readonly fd: FdEndpoint;
  readonly proxy: ProxyEndpoint;
  readonly stdio: StdioEndpoint;
  readonly systemd: SystemdEndpoint;
  readonly tcp: TcpEndpoint;
  readonly tls: TlsEndpoint;
  readonly udp: UdpEndpoint;
  readonly unix: UnixEndpoint;
}

/** Where to listen or connect, as an object: `{ type: "tcp", port: 7777 }`. */
export type Endpoint = EndpointTypes[keyof EndpointTypes];
