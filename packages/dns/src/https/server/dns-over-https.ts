import { HttpError, type HttpRequest, type HttpResource, type HttpResponse, octets } from "@hawser/web";
import { dnsMessageOctetsMax } from "../../limits.ts";
import { isDnsQuery } from "../../message/query.ts";
import { type DnsServer, dnsServer } from "../../serving/dns-server.ts";
import type { DnsServerOptions } from "../../serving/options.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { freshnessSeconds } from "./freshness.ts";

/** What {@link dnsOverHttps} makes. Disposing it stops the plugins, where nobody else uses them. */
export interface DnsOverHttps extends HttpResource, AsyncDisposable {
  render(request: HttpRequest): Promise<HttpResponse>;
}

/** The media type of a message (RFC 8484 §6). */
const mediaType = "application/dns-message";

/**
 * Answers DNS messages in HTTP requests: GET with `?dns=` in base64url, and POST (RFC 8484 §4.1). It starts with the first
 * request. Where the same plugins answer on other transports too, give it what `dnsServer` made of them:
 *
 * ```ts no-run
 * const server = dnsServer(plugins);
 * await listen("udp:53", server);
 * await listen("tls:443:cert=site.pem:key=site.key", httpServer(folder().mount("dns-query", dnsOverHttps(server))));
 * ```
 *
 * Connections and their number are the site's to limit.
 *
 * @throws {RangeError} for options that cannot be
 */
export function dnsOverHttps(
  plugins: DnsPlugin | DnsServer | readonly DnsPlugin[],
  options: DnsServerOptions = {},
): DnsOverHttps {
  return new DnsResource(isServer(plugins) ? plugins : dnsServer(plugins, options));
}

function isServer(given: DnsPlugin | DnsServer | readonly DnsPlugin[]): given is DnsServer {
  return !("wrap" in given) && "answer" in given;
}

class DnsResource implements DnsOverHttps {
  readonly #server: DnsServer;
  #starting: Promise<void> | undefined;

  constructor(server: DnsServer) {
    this.#server = server;
  }

  async render(request: HttpRequest): Promise<HttpResponse> {
    const message = await messageOf(request);
    if (!isDnsQuery(message)) throw new HttpError(400, "This is no DNS question");
    await this.#start(request);
    const { peer, signal } = request;
    const answer = await this.#server.answer(message, { peer, transport: "https", signal });
    if (answer === undefined) throw new HttpError(403, "This question is not answered");
    const headers = { "cache-control": `max-age=${freshnessSeconds(answer)}` };
    return octets(answer, { type: mediaType, headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const starting = this.#starting;
    this.#starting = undefined;
    if (starting === undefined) return;
    await starting;
    await this.#server.stopped();
  }

  /** What does not start is tried again by the next request. */
  async #start({ reactor }: HttpRequest): Promise<void> {
    this.#starting ??= this.#server.started(reactor);
    try {
      await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }
}

async function messageOf(request: HttpRequest): Promise<Uint8Array> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return messageInQuery(request);
    case "POST":
      return messageInBody(request);
    default:
      throw new HttpError(405, undefined, { headers: { allow: "GET, HEAD, POST" } });
  }
}

/** Base64url without padding (RFC 8484 §4.1, RFC 4648 §5). */
function messageInQuery({ query }: HttpRequest): Uint8Array {
  const text = query.get("dns");
  if (text === null) throw new HttpError(400, "The parameter dns is missing");
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) throw new HttpError(400, "The parameter dns is not base64url");
  const message = Buffer.from(text, "base64url");
  if (message.length > dnsMessageOctetsMax) throw new HttpError(413);
  return message;
}

async function messageInBody({ headers, body }: HttpRequest): Promise<Uint8Array> {
  const type = headers
    .get("content-type")
    ?.replace(/\s*;.*/s, "")
    .trim()
    .toLowerCase();
  if (type !== mediaType) throw new HttpError(415, undefined, { headers: { accept: mediaType } });
  return body.bytes({ octetsMax: dnsMessageOctetsMax });
}
