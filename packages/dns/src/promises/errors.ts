import { ConnectionError, StateError } from "@hawser/core";
import { DnsLookupError, type DnsLookupErrorCode } from "../client/resolver/errors.ts";
import { DnsTextError } from "../errors.ts";
import { DnsRcode } from "../words.ts";

/** An error as `node:dns` throws it. */
export interface DnsFacadeError extends Error {
  /** `ENOTFOUND`, `ENODATA`, `ETIMEOUT`, … */
  readonly code: string;
  /** `queryA`, `getHostByAddr`, `getaddrinfo`, `getnameinfo`. */
  readonly syscall: string;
  readonly hostname: string;
  readonly errno: number | undefined;
}

const codes: Readonly<Record<DnsLookupErrorCode, string>> = {
  "name-not-found": "ENOTFOUND",
  "no-data": "ENODATA",
  "not-offered": "ENODATA",
  "server-failed": "ESERVFAIL",
  refused: "EREFUSED",
  "timed-out": "ETIMEOUT",
  unreachable: "ECONNREFUSED",
  "bad-answer": "EBADRESP",
};

const codesOfRcodes: Readonly<Record<number, string>> = {
  [DnsRcode.formErr]: "EFORMERR",
  [DnsRcode.notImp]: "ENOTIMP",
};

/** Numbers of libuv: for failures of `getaddrinfo`, and for what never left the machine. */
const numbers: Readonly<Record<string, number>> = { ENOTFOUND: -3008, EAI_AGAIN: -3001, EINVAL: -22 };

/** Says a failure as `node:dns` does. Faults of ours, and of the caller, stay what they are. */
export function facadeError(error: unknown, syscall: string, hostname: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  return makeFacadeError(
    syscall === "getaddrinfo" || syscall === "getnameinfo" ? systemCode(code) : code,
    syscall,
    hostname,
    error,
  );
}

/** Makes such an error. */
export function makeFacadeError(code: string, syscall: string, hostname: string, cause?: unknown): DnsFacadeError {
  const error = new Error(`${syscall} ${code} ${hostname}`, cause === undefined ? {} : { cause });
  const isSystem = syscall === "getaddrinfo" || syscall === "getnameinfo" || code === "EINVAL";
  const errno = isSystem ? numbers[code] : undefined;
  return Object.assign(error, { errno, code, syscall, hostname });
}

/** An argument that has the wrong type or value, as node refuses it: at once. */
export function argumentError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof DnsLookupError)
    return (error.code === "bad-answer" && codesOfRcodes[error.rcode ?? -1]) || codes[error.code];
  if (error instanceof DnsTextError) return "EBADNAME";
  if (error instanceof ConnectionError && error.code === "aborted") return "ECANCELLED";
  return error instanceof StateError ? "EDESTRUCTION" : undefined;
}

/** The system's resolver knows fewer reasons. */
function systemCode(code: string): string {
  return code === "ENOTFOUND" || code === "ENODATA" || code === "EBADNAME" ? "ENOTFOUND" : "EAI_AGAIN";
}
