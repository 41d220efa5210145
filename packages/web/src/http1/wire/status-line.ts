import { isHttpFieldValue } from "../../http/octets.ts";
import { httpReasonPhrase, httpReasons } from "../../http/reasons.ts";

const statusLines: string[] = [];
for (const status of Object.keys(httpReasons).map(Number))
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
