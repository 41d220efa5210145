import type { Address } from "@hawser/core";
import type { HttpRequest } from "../http/request.ts";

/** Where a script stands in the request's path, and on the disk. */
export interface CgiPlace {
  /** The path that led to the script, decoded: SCRIPT_NAME (RFC 3875 §4.1.13). */
  readonly scriptName: string;
  /** What stands behind it, decoded, with its slashes: PATH_INFO (§4.1.5). Empty when there is nothing. */
  readonly pathInfo: string;
  /** Where the script lies on the disk: SCRIPT_FILENAME. Absent for an application that is no file. */
  readonly scriptFile?: string | undefined;
  /** Where the site's files lie on the disk: DOCUMENT_ROOT, and the start of PATH_TRANSLATED (§4.1.6). */
  readonly documentRoot?: string | undefined;
}

/** What is said about the request beside what it says itself. */
export interface CgiFacts {
  /** Octets of the body: CONTENT_LENGTH (§4.1.2). */
  readonly contentLength: number | undefined;
  /** Gives Authorization to the script, which sees passwords then (§4.1.18). Default false. */
  readonly passAuthorization?: boolean | undefined;
  /** More variables, which stand over all others. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/**
 * The meta-variables of a request (RFC 3875 §4.1), and the few that every server adds. Nothing comes from our own
 * environment.
 */
export function cgiEnvironment(request: HttpRequest, place: CgiPlace, facts: CgiFacts): Record<string, string> {
  const local = hostAndPort(request.local, request.scheme === "https" ? 443 : 80);
  const peer = hostAndPort(request.peer, 0);
  return {
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_SOFTWARE: "Hawser",
    SERVER_PROTOCOL: `HTTP/${request.version}`,
    SERVER_NAME: request.host || local.host,
    SERVER_ADDR: local.host,
    SERVER_PORT: String(local.port),
    REMOTE_ADDR: peer.host,
    REMOTE_HOST: peer.host,
    REMOTE_PORT: String(peer.port),
    REQUEST_METHOD: request.method,
    REQUEST_SCHEME: request.scheme,
    REQUEST_URI: request.rawTarget,
    QUERY_STRING: request.queryText,
    SCRIPT_NAME: place.scriptName,
    // php-cgi answers nobody whom a server has not sent.
    REDIRECT_STATUS: "200",
    ...(request.scheme === "https" && { HTTPS: "on" }),
    ...loginVariables(request),
    ...pathVariables(place),
    ...bodyVariables(request, facts),
    ...fieldVariables(request, facts.passAuthorization ?? false),
    ...facts.variables,
  };
}

function pathVariables({ pathInfo, scriptFile, documentRoot }: CgiPlace): Record<string, string> {
  return {
    ...(scriptFile !== undefined && { SCRIPT_FILENAME: scriptFile }),
    ...(documentRoot !== undefined && { DOCUMENT_ROOT: documentRoot }),
    ...(pathInfo !== "" && { PATH_INFO: pathInfo }),
    ...(pathInfo !== "" && documentRoot !== undefined && { PATH_TRANSLATED: documentRoot + pathInfo }),
  };
}

/** Who has logged in, and how (RFC 3875 §4.1.1, §4.1.11). */
function loginVariables({ login }: HttpRequest): Record<string, string> {
  if (login === undefined || login.user.name === "") return {};
  return { AUTH_TYPE: authTypes[login.scheme] ?? login.scheme, REMOTE_USER: login.user.name };
}

/** As Apache spells them. */
const authTypes: Readonly<Record<string, string>> = {
  basic: "Basic",
  bearer: "Bearer",
  certificate: "ClientCert",
  digest: "Digest",
};

function bodyVariables(request: HttpRequest, { contentLength }: CgiFacts): Record<string, string> {
  const type = request.headers.get("content-type");
  return {
    ...(contentLength !== undefined && contentLength > 0 && { CONTENT_LENGTH: String(contentLength) }),
    ...(type !== undefined && { CONTENT_TYPE: unicode(type) }),
  };
}

/**
 * The fields of the request as HTTP_ variables (RFC 3875 §4.1.18). A name with an underscore is left out, since it would
 * pass for another field.
 */
function fieldVariables(request: HttpRequest, passAuthorization: boolean): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    if (name.includes("_") || keptBack.has(name) || (name === "authorization" && !passAuthorization)) continue;
    const variable = `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
    const before = variables[variable];
    const separator = name === "cookie" ? "; " : ", ";
    variables[variable] = before === undefined ? unicode(value) : before + separator + unicode(value);
  }
  return variables;
}

/** A field's octets as text. Programs are given UTF-8, and nearly all that is not ASCII is UTF-8 already. */
function unicode(value: string): string {
  return /^[\0-\x7f]*$/.test(value) ? value : Buffer.from(value, "latin1").toString("utf8");
}

/** A UNIX socket has no address that a script could use: who comes through it is on this machine. */
function hostAndPort(address: Address, port: number): { readonly host: string; readonly port: number } {
  return address.family === "ipv4" || address.family === "ipv6" ? address : { host: "127.0.0.1", port };
}

/** Told by other variables, spent on this connection, or poison: HTTP_PROXY steers the script's own client (CVE-2016-5385). */
const keptBack: ReadonlySet<string> = new Set([
  "content-length",
  "content-type",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "expect",
  "te",
  "trailer",
  "upgrade",
  "proxy",
  "proxy-authorization",
  "proxy-connection",
]);
