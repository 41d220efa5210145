import type { HttpField } from "./field.ts";
import { HttpFieldLexer, splitHttpList } from "./lexer.ts";
import { formatWholeNumber, parseDeltaSeconds } from "./whole-number.ts";

/** How long an idle connection will be kept, and for how many more requests. Hints, no promises. */
export interface HttpKeepAlive {
  readonly timeoutSeconds?: number | undefined;
  readonly requestsMax?: number | undefined;
}

/**
 * `Keep-Alive` (RFC 2068 §19.7.1.1, as browsers and servers use it). Parameters that are unknown or malformed are
 * skipped.
 */
export const keepAliveField: HttpField<HttpKeepAlive> = {
  name: "Keep-Alive",
  separator: ", ",
  parse: (text) => {
    const members = splitHttpList(text);
    const timeoutSeconds = members && parameter(members, "timeout");
    const requestsMax = members && parameter(members, "max");
    if (members === undefined) return undefined;
    return {
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(requestsMax !== undefined && { requestsMax }),
    };
  },
  format: ({ timeoutSeconds, requestsMax }) => {
    const members: string[] = [];
    if (timeoutSeconds !== undefined) members.push(`timeout=${formatWholeNumber(timeoutSeconds)}`);
    if (requestsMax !== undefined) members.push(`max=${formatWholeNumber(requestsMax)}`);
    return members.join(", ");
  },
};

function parameter(members: readonly string[], wanted: string): number | undefined {
  for (const member of members) {
    const lexer = new HttpFieldLexer(member);
    if (lexer.token()?.toLowerCase() !== wanted || !lexer.skip("=")) continue;
    const value = lexer.word();
    if (value !== undefined && lexer.done) return parseDeltaSeconds(value);
  }
  return undefined;
}
