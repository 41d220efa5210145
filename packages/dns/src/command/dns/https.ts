import type { CommandContext, Listener } from "@hawser/core";
import { folder, httpServer } from "@hawser/web";
import { dnsOverHttps } from "../../https/server/dns-over-https.ts";
import type { DnsServer } from "../../serving/dns-server.ts";
import { listenOnAll, shownUrl } from "./endpoints.ts";

/** Listeners, and what is said of each. */
export interface HttpsListeners {
  readonly listeners: readonly Listener[];
  readonly lines: readonly string[];
}

/** Answers DNS over HTTPS at `/dns-query`, by a site that has nothing else (RFC 8484). */
export async function listenByHttps(
  endpoints: readonly string[],
  server: DnsServer,
  context: CommandContext,
): Promise<HttpsListeners> {
  const site = httpServer(folder().mount("dns-query", dnsOverHttps(server)));
  const listeners = await listenOnAll(endpoints, (endpoint) => context.listen(endpoint, site));
  const lines = endpoints.map((endpoint, at) => `listening on ${shownUrl(endpoint, listeners[at]!)}`);
  return { listeners, lines };
}
