import { HawserError } from "@hawser/core";

/** The reason phrases of the status codes in use (RFC 9110 §15, and the RFCs that added some since). */
export const httpReasons: Readonly<Record<number, string>> = {
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
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
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
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required",
};

/**
 * The answer a handler wants sent, thrown from wherever it is known: `throw new HttpError(404)`. Its text is shown to the
 * client; anything else that is thrown becomes a 500 whose text stays here. Fields that a status must have go along:
 * `new HttpError(405, undefined, { headers: { allow: "GET, HEAD" } })` (RFC 9110 §15.5.6).
 */
export class HttpError extends HawserError<"http-status"> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message?: string,
    options?: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> },
  ) {
    super("http-status", message ?? httpReasons[status] ?? `Status ${status}`, options);
    this.status = status;
    this.headers = options?.headers ?? {};
  }

  /** The same answer with more fields: how a filter adds to what was thrown below it. Those it has already stand. */
  withHeaders(headers: Readonly<Record<string, string>>): HttpError {
    return new HttpError(this.status, this.message, { headers: { ...headers, ...this.headers }, cause: this });
  }
}
