import { ConnectionError, type ConnectionErrorCode } from "./errors.ts";

/** What people are told, and what they can do about it. */
const words: Partial<Record<ConnectionErrorCode, string>> = {
  "address-in-use": "address already in use",
  "name-not-found": "name not found",
  refused: "connection refused",
  reset: "connection reset by the other side",
  "timed-out": "timed out",
  unreachable: "address unreachable",
};

/**
 * Says of a network failure at which endpoint it happened: `Cannot connect to tcp:example.org:80: connection refused`.
 * Errors that say it already, and those that are not the network's, pass unchanged.
 */
export function failureAt(action: "connect to" | "listen on", endpoint: string, error: unknown): unknown {
  if (!(error instanceof ConnectionError) || error.endpoint === endpoint) return error;
  const message = `Cannot ${action} ${endpoint}: ${reasonOf(action, endpoint, error)}`;
  return new ConnectionError(error.code, message, {
    cause: error.cause instanceof AggregateError ? error.cause : error,
    endpoint,
  });
}

function reasonOf(action: string, endpoint: string, error: ConnectionError): string {
  if (error.cause instanceof AggregateError) return `every address failed (${error.message})`;
  if (error.code !== "not-permitted") return words[error.code] ?? error.message;
  const port = Number(/:(\d+)(?::|$)/.exec(endpoint)?.[1] ?? Number.NaN);
  if (action !== "listen on" || !(port < 1024)) return "permission denied";
  return "permission denied (ports below 1024 need root, CAP_NET_BIND_SERVICE, or a systemd socket)";
}
