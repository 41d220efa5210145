import { acceptProxied, proxyTrust } from "../proxy-protocol/accept-proxied.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointError } from "./error.ts";
import { type EndpointField, escapeField, readField } from "./fields.ts";
import type { EndpointKind, EndpointSource } from "./kind.ts";
import { endpointList } from "./parameters.ts";

/** `proxy:tcp:80`, `proxy:from=10.0.0.0/8:tls:443:cert=…`: another endpoint behind a proxy. */
export interface ProxyEndpoint {
  readonly type: "proxy";
  /** The networks whose PROXY headers are believed. Default: this machine. */
  readonly from?: readonly string[] | undefined;
  readonly inner: Endpoint;
}

/**
 * The PROXY protocol in front of any other endpoint that is listened on: the header comes first, before TLS, and gives
 * the connection its true peer.
 */
export const proxyEndpoint: EndpointKind<ProxyEndpoint> = {
  type: "proxy",

  read(source) {
    if (source.isUrl) throw new EndpointError("bad-syntax", source.text, wholeOf(source), "proxy: has no URL form");
    const { field, end } = readField(source.text, source.start);
    if (field.name === undefined) return { type: "proxy", inner: source.parseInner(source.start) };
    return {
      type: "proxy",
      from: readFrom(source, field),
      inner: source.parseInner(Math.min(end + 1, source.text.length)),
    };
  },

  write({ from, inner }, formatInner) {
    const own = from === undefined ? "" : `from=${escapeField(endpointList.write(from))}:`;
    return `proxy:${own}${formatInner(inner)}`;
  },

  async listen({ from, inner }, context) {
    const plan = await context.planInner(inner);
    if (plan.type !== "streams")
      throw new TypeError(`Cannot put the PROXY protocol before ${inner.type}: it has no streams`);
    const isTrusted = proxyTrust(from);
    return { ...plan, stages: [(transport) => acceptProxied(transport, isTrusted), ...plan.stages] };
  },
};

function readFrom(source: EndpointSource, field: EndpointField): readonly string[] {
  if (field.name !== "from") {
    const span = { offset: field.start, length: field.name!.length };
    throw new EndpointError(
      "unknown-parameter",
      source.text,
      span,
      `proxy has no parameter "${field.name}", known is from`,
    );
  }
  return endpointList.read(field.value);
}

function wholeOf({ text }: EndpointSource): { readonly offset: number; readonly length: number } {
  return { offset: 0, length: text.length };
}
