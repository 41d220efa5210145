import type { LoginError, LoginErrorCode } from "@hawser/auth/protocol";
import { retryAfterField } from "../fields/retry-after.ts";
import { HttpError } from "../http/error.ts";

/** What a client is told whom the portal has refused; what is not in it is asked for credentials again. */
const statuses: Partial<Record<LoginErrorCode, readonly [status: number, text: string]>> = {
  throttled: [429, "Too many attempts to log in"],
  temporary: [503, "Nobody can log in at present"],
  "no-avatar": [403, "You may not enter here"],
  incomplete: [403, "Your account needs a second step, which HTTP has not"],
};

/** The answer to a refusal that no other credentials would change; `undefined` for those that they would. */
export function finalRefusal(error: LoginError): HttpError | undefined {
  const [status, text] = statuses[error.code] ?? [];
  if (status === undefined) return undefined;
  const { retryAfterMs } = error;
  const headers = retryAfterMs === undefined ? {} : { "retry-after": retryAfter(retryAfterMs) };
  return new HttpError(status, text, { headers, cause: error });
}

function retryAfter(ms: number): string {
  return retryAfterField.format({ type: "delay", seconds: Math.max(1, Math.ceil(ms / 1_000)) });
}
