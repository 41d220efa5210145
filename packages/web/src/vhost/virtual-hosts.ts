import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";

/** What {@link virtualHosts} does with names that it does not know. */
export interface VirtualHostsOptions {
  /** Answers for names that are not listed, and for requests that name no host. Default: 421 (RFC 9110 §15.5.20). */
  readonly default?: HttpRoot | undefined;
}

/**
 * Chooses a site by the host the request is for. Names are exact (`example.org`) or wildcards for one or more labels
 * (`*.example.org`); an exact name wins, then the longest wildcard. An IPv6 address stands in brackets, as in a URL.
 */
export function virtualHosts(
  sites: Readonly<Record<string, HttpRoot>>,
  options: VirtualHostsOptions = {},
): HttpHandler {
  const handlers = new Map<string, HttpHandler>();
  for (const [name, root] of Object.entries(sites)) handlers.set(hostName(name), asHandler(root));
  const fallback = options.default === undefined ? misdirected : asHandler(options.default);
  return (request) => (findSite(handlers, request.host) ?? fallback)(request);
}

function findSite(handlers: ReadonlyMap<string, HttpHandler>, host: string): HttpHandler | undefined {
  const name = withoutRootDot(host);
  const exact = handlers.get(name);
  if (exact !== undefined) return exact;
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const wild = handlers.get(`*${name.slice(dot)}`);
    if (wild !== undefined) return wild;
  }
  return undefined;
}

function hostName(name: string): string {
  if (!/^(\*\.)?[^\s:/*]+$|^\[[\da-f:.]+\]$/i.test(name)) {
    throw new TypeError(
      `Cannot serve the host ${JSON.stringify(name)}: a name is like "example.org" or "*.example.org"`,
    );
  }
  return withoutRootDot(name.toLowerCase());
}

/** `example.org.` is `example.org`, said to the end (RFC 3986 §3.2.2). */
function withoutRootDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function misdirected(request: HttpRequest): never {
  throw new HttpError(421, `This server has no site ${JSON.stringify(request.host)}`);
}
