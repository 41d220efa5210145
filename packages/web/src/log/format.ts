import type { Address } from "@hawser/core/protocol";
import type { HttpAccess, HttpRefusal } from "./access.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * One line of the combined log format, as Apache, nginx and every log reader know it. What came from the client is
 * escaped, so that no client can write a line of its own. What was no request is a dash.
 */
export function formatCombined(access: HttpAccess | HttpRefusal): string {
  if ("error" in access) return formatRefusal(access);
  const { request } = access;
  const { headers } = request;
  const line = escapeField(`${request.method} ${request.rawTarget} HTTP/${request.version}`);
  const when = formatTime(request.reactor.clock.wall() - access.durationMs);
  const octets = access.octets === 0 ? "-" : access.octets;
  return `${peerHost(request.peer)} - ${userName(access)} [${when}] "${line}" ${access.status} ${octets} "${escapeField(headers.get("referer") ?? "-")}" "${escapeField(headers.get("user-agent") ?? "-")}"\n`;
}

function formatRefusal({ transport, status }: HttpRefusal): string {
  return `${peerHost(transport.peer)} - - [${formatTime(transport.reactor.clock.wall())}] "-" ${status} - "-" "-"\n`;
}

/** One JSON object a line, with the names of OpenTelemetry's HTTP conventions where they have one. */
export function formatAccessJson(access: HttpAccess | HttpRefusal): string {
  if ("error" in access) return formatRefusalJson(access);
  const { request } = access;
  const line = {
    time: new Date(request.reactor.clock.wall() - access.durationMs).toISOString(),
    "client.address": peerHost(request.peer),
    "user.name": request.user?.name,
    "http.request.method": request.method,
    "url.scheme": request.scheme,
    "server.address": request.host,
    "url.path": request.path,
    "url.query": request.queryText === "" ? undefined : request.queryText,
    "network.protocol.version": request.version,
    "http.response.status_code": access.status,
    "http.response.body.size": access.octets,
    "user_agent.original": request.headers.get("user-agent"),
    referer: request.headers.get("referer"),
    durationMs: Math.round(access.durationMs * 1000) / 1000,
    complete: access.complete,
  };
  return `${JSON.stringify(line)}\n`;
}

function formatRefusalJson({ transport, status, error }: HttpRefusal): string {
  const line = {
    time: new Date(transport.reactor.clock.wall()).toISOString(),
    "client.address": peerHost(transport.peer),
    "http.response.status_code": status,
    "error.type": error.code,
  };
  return `${JSON.stringify(line)}\n`;
}

function peerHost(peer: Address): string {
  return peer.family === "ipv4" || peer.family === "ipv6" ? peer.host : "-";
}

/** The third field: who has logged in, in one word. */
function userName({ request }: HttpAccess): string {
  const name = request.user?.name ?? "";
  return name === "" ? "-" : escapeField(Buffer.from(name).toString("latin1")).replaceAll(" ", "\\x20");
}

/** `10/Oct/2000:13:55:36 +0000`, always in UTC. */
function formatTime(wall: number): string {
  const date = new Date(wall);
  const two = (n: number) => String(n).padStart(2, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}

function escapeField(text: string): string {
  return text.replace(/["\\]|[^\x20-\x7e]/g, (c) =>
    c === '"' || c === "\\" ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
