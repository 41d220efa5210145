import type { Factory } from "../factory.ts";
import { type ProxyProtocolOptions, proxyTrust } from "../proxy-protocol/accept-proxied.ts";
import { ProxiedTransport } from "../proxy-protocol/proxied-transport.ts";
import { wrapFactory } from "./wrap-factory.ts";

/**
 * Reads a PROXY header before each connection, so that the protocol sees the client's address and not the proxy's. Over
 * a `tls:` endpoint the header is inside TLS; the `proxy:` endpoint reads it before.
 * @throws {RangeError} when a network in `from` cannot be read
 */
export function proxyProtocol(options: ProxyProtocolOptions, factory: Factory): Factory {
  const isTrusted = proxyTrust(options.from);
  return wrapFactory(factory, (transport, accept) => {
    if (!isTrusted(transport.peer)) return undefined;
    const proxied: ProxiedTransport = new ProxiedTransport(transport, options, {
      ready() {
        const protocol = accept(proxied);
        if (protocol === undefined) proxied.abort();
        else proxied.start(protocol);
      },
      failed: (error) => proxied.abort(error),
    });
    return proxied.below;
  });
}
