import type { TlsOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";

/** Runs TLS over any link: a pair in memory, an SSH channel. For {@link Link.secure}; loads node:tls when it is called. */
export async function secureLink(link: Link, options: TlsOptions): Promise<Link> {
  const tls = await import("./tls.ts");
  return tls.secureLink(link, options);
}
