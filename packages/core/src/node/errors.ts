import { ConnectionError, type ConnectionErrorCode } from "../errors.ts";

const codes: Readonly<Record<string, ConnectionErrorCode>> = {
  EACCES: "not-permitted",
  EADDRINUSE: "address-in-use",
  EADDRNOTAVAIL: "unreachable",
  EAI_AGAIN: "timed-out",
  ECONNABORTED: "reset",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EHOSTDOWN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  EEXIST: "address-in-use", // a descriptor this process has opened already
  ENOENT: "refused", // a UNIX socket that is not there
  ENOTFOUND: "name-not-found",
  EPERM: "not-permitted",
  EPIPE: "reset",
  ETIMEDOUT: "timed-out",
};

const reasons: Partial<Record<ConnectionErrorCode, string>> = {
  "address-in-use": "address already in use",
  "name-not-found": "name not found",
  "not-permitted": "permission denied",
  refused: "connection refused",
  reset: "connection reset by the other side",
  "timed-out": "timed out",
  unreachable: "address unreachable",
};

/** Says what the operating system refused in the toolkit's words; `what` is the sentence before the colon. */
export function connectionError(what: string, cause: unknown, endpoint?: string): ConnectionError {
  const code = codes[(cause as NodeJS.ErrnoException | undefined)?.code ?? ""] ?? "failed";
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new ConnectionError(code, `${what}: ${reason}`, { cause, endpoint });
}
