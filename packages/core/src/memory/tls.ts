import type { TlsOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";

/** Real TLS over a link in memory, loaded when a connection first asks for it. */
export async function secureOverTls(link: Link, options: TlsOptions): Promise<Link> {
  const { secureLink } = await import("../node/tls.ts");
  return secureLink(link, options);
}
