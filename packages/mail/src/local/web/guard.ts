import { isIPv4, isIPv6 } from "node:net";
import { HttpError, type HttpRequest } from "@hawser/web";

/** Names that nobody can have in the public DNS, so that no site of somebody else comes under them (RFC 6761 §6, RFC 8375). */
const ownZones = /(?:^|\.)(?:localhost|test|internal|home\.arpa)$/;

/**
 * Refuses requests for other names: a page of somebody else whose name leads here (DNS rebinding) would read all mail.
 * Addresses, names of one word (`localhost`, a container's) and those of `names` are ours.
 * @throws {HttpError} 421
 */
export function requireOwnName({ host }: HttpRequest, names: readonly string[]): void {
  const plain = host.replace(/\.$/, "");
  const isAddress = isIPv4(plain) || isIPv6(plain.replace(/^\[(.*)\]$/, "$1"));
  if (isAddress || !plain.includes(".") || ownZones.test(plain) || names.includes(plain)) return;
  throw new HttpError(421, "This server is not known by that name: see --web-name");
}

/**
 * Refuses what pages of somebody else have a browser send: calls that change something (CSRF), and all that are no visit.
 * Programs that are no browsers say nothing of where they come from.
 * @throws {HttpError} 403
 */
export function requireOwnPage({ headers, method, authority }: HttpRequest): void {
  const isRead = method === "GET" || method === "HEAD";
  const isVisit =
    isRead && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  if (isVisit) return;
  const site = headers.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") throw foreign();
  const origin = headers.get("origin");
  if (origin !== undefined && origin.replace(/^https?:\/\//, "") !== authority) throw foreign();
}

function foreign(): HttpError {
  return new HttpError(403, "This comes from another site");
}
