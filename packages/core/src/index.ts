/**
 * The ground every Hawser protocol stands on.
 *
 * @packageDocumentation
 */
export * from "./address.ts";
export * from "./clock.ts";
export * from "./connect.ts";
export type { ConnectContext } from "./connecting/context.ts";
export { ConnectionRace, interleaveFamilies } from "./connecting/race.ts";
export * from "./datagram.ts";
export type { Endpoint, EndpointTypes } from "./endpoints/endpoint.ts";
export { EndpointError, type EndpointErrorCode, type EndpointSpan } from "./endpoints/error.ts";
export type { ExecEndpoint } from "./endpoints/exec.ts";
export type { FdEndpoint } from "./endpoints/fd.ts";
export type { EndpointField } from "./endpoints/fields.ts";
export * from "./endpoints/grammar.ts";
export type { EndpointKind, EndpointShape, EndpointSource } from "./endpoints/kind.ts";
export { endpointTypes, registerEndpoint } from "./endpoints/kinds.ts";
export type { ArrivalStage, ListenContext, ListenPlan } from "./endpoints/listen-plan.ts";
export * from "./endpoints/parameters.ts";
export { formatEndpoint, parseEndpoint } from "./endpoints/parse.ts";
export type { ProxyEndpoint } from "./endpoints/proxy.ts";
export type { StdioEndpoint } from "./endpoints/stdio.ts";
export type { SystemdEndpoint } from "./endpoints/systemd.ts";
export type { TcpEndpoint } from "./endpoints/tcp.ts";
export type { TlsEndpoint } from "./endpoints/tls.ts";
export type { CertificateStore, ReadCertificates } from "./endpoints/tls-options.ts";
export type { UdpEndpoint } from "./endpoints/udp.ts";
export type { UnixEndpoint } from "./endpoints/unix.ts";
export * from "./errors.ts";
export * from "./factory.ts";
export { type Fault, reportFault } from "./faults.ts";
export * from "./files/tree.ts";
export * from "./ip.ts";
export { type ListenOptions, listen } from "./listen.ts";
export { type Listener, type ListenerOptions, PortListener, type StopOptions } from "./listener.ts";
export * from "./machine.ts";
export * from "./names.ts";
export * from "./network.ts";
export * from "./processes.ts";
export type { ProxyProtocolOptions } from "./proxy-protocol/accept-proxied.ts";
export * from "./proxy-protocol/errors.ts";
export * from "./proxy-protocol/header.ts";
export { type ProxyHeaderOptions, proxyHeaderOf } from "./proxy-protocol/proxied-transport.ts";
export { encodeProxyHeader, ProxyHeaderReader, type ReadProxyHeader } from "./proxy-protocol/wire.ts";
export * from "./random.ts";
export * from "./reactor.ts";
export * from "./security.ts";
export * from "./threads.ts";
export * from "./transport.ts";
export type { Link, LinkOwner } from "./transports/link.ts";
export { StreamTransport } from "./transports/stream-transport.ts";
export * from "./wrappers/proxy-protocol.ts";
export { TransportWrapper } from "./wrappers/transport-wrapper.ts";
export { wrapFactory, wrapTransports } from "./wrappers/wrap-factory.ts";
