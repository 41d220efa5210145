import type { Factory, Protocol } from "../factory.ts";
import type { Transport } from "../transport.ts";
import type { TransportWrapper } from "./transport-wrapper.ts";

/**
 * The same factory with another way to accept. What it cannot do (streams, datagrams) the new one cannot either.
 * This is what every wrapper is made with; use it for your own.
 */
export function wrapFactory(
  factory: Factory,
  accept: (transport: Transport, inner: (transport: Transport) => Protocol | undefined) => Protocol | undefined,
): Factory {
  const inner = (transport: Transport) => factory.accept!(transport);
  return {
    alpn: factory.alpn,
    ...(factory.accept && { accept: (transport) => accept(transport, inner) }),
    ...(factory.bind && { bind: (socket) => factory.bind!(socket) }),
    started: (reactor) => factory.started?.(reactor),
    stopped: () => factory.stopped?.(),
  };
}

/** Puts a wrapper between each connection of a factory and its protocol. */
export function wrapTransports(factory: Factory, wrap: (transport: Transport) => TransportWrapper): Factory {
  return wrapFactory(factory, (transport, accept) => {
    const wrapper = wrap(transport);
    const protocol = accept(wrapper);
    return protocol && wrapper.adopt(protocol);
  });
}
