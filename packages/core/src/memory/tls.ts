import { ConnectionError } from "../errors.ts";
import type { TlsOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";

/** The part of `node/tls.ts` that is wanted here. */
interface TlsModule {
  readonly secureLink?: ((link: Link, options: TlsOptions) => Promise<Link>) | undefined;
}

/** Real TLS over a link in memory, loaded when a connection first asks for it. */
export async function secureOverTls(link: Link, options: TlsOptions): Promise<Link> {
  const tls: object = await import("../node/tls.ts");
  const { secureLink } = tls as TlsModule;
  if (secureLink === undefined) throw new ConnectionError("unsupported", "Cannot start TLS: this build has none");
  return secureLink(link, options);
}
