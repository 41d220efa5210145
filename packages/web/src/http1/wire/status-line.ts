import { isHttpFieldValue } from "../../http/octets.ts";

/** The reason phrases of RFC 9110 §15 and the registry it founds. They mean nothing to programs (RFC 9112 §4). */
const reasons: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  102: "Processing",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  208: "Already Reported",
  226: "IM Used",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  305: "Use Proxy",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required",
};

/** The usual reason phrase of a status; empty for one that has none. */
export function httpReasonPhrase(status: number): string {
  return reasons[status] ?? "";
}

const statusLines: string[] = [];
for (const status of Object.keys(reasons).map(Number))
  statusLines[status] = statusLine(status, httpReasonPhrase(status));

/**
 * The line that begins a response. Always `HTTP/1.1`, whatever the client spoke: it names what the server can do (RFC 9110 §6.2).
 * @throws {RangeError} when `status` is no whole number from 100 to 599
 * @throws {TypeError} when `reason` could end the line early
 */
export function formatStatusLine(status: number, reason?: string): string {
  const usual = reason === undefined ? statusLines[status] : undefined;
  if (usual !== undefined) return usual;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new RangeError(`Cannot send status ${status}: a status is a whole number from 100 to 599`);
  }
  if (reason !== undefined && !isHttpFieldValue(reason)) {
    throw new TypeError("Cannot send this reason phrase: it has controls, blanks at an end, or more than octets");
  }
  return statusLine(status, reason ?? "");
}

function statusLine(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}
