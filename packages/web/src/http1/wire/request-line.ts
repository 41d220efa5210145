import { quote } from "@hawser/core/protocol";

import { consistsOf, isHttpToken } from "../../http/octets.ts";
import { targetOctets } from "./start-line.ts";

/** The line that begins a request (RFC 9112 §3). @throws {TypeError} when method or target could be read as something else */
export function formatRequestLine(method: string, target: string): string {
  if (!isHttpToken(method)) throw new TypeError(`Cannot send the method ${quote(method)}: it is not a token`);
  if (target === "" || !consistsOf(target, targetOctets)) {
    throw new TypeError(`Cannot send the request target ${quote(target)}: it must be percent-encoded`);
  }
  return `${method} ${target} HTTP/1.1\r\n`;
}
