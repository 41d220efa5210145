import { type HttpField, httpListField } from "./field.ts";
import { formatParameterizedToken, type HttpParameterizedToken, parseParameterizedToken } from "./parameters.ts";
import { formatWeight, refuseWeightParameter, splitWeight } from "./weight.ts";

/** A transfer coding a client takes, and how much it wants it; `trailers` for trailer fields (RFC 9110 §10.1.4). */
export interface HttpTransferPreference extends HttpParameterizedToken {
  /** 0 (never) to 1 (most). */
  readonly weight: number;
}

/**
 * `Transfer-Encoding`: how the message is framed. One unreadable member makes it malformed: framing is never guessed
 * (RFC 9112 §6.1).
 */
export const transferEncodingField: HttpField<readonly HttpParameterizedToken[]> = httpListField(
  "Transfer-Encoding",
  "reject",
  parseParameterizedToken,
  formatParameterizedToken,
);

/** `TE` (RFC 9110 §10.1.4). */
export const teField: HttpField<readonly HttpTransferPreference[]> = httpListField(
  "TE",
  "skip",
  parseTransferPreference,
  formatTransferPreference,
);

function parseTransferPreference(text: string): HttpTransferPreference | undefined {
  const parsed = parseParameterizedToken(text);
  const weighed = parsed && splitWeight(parsed.parameters);
  return weighed && { token: parsed.token, ...weighed };
}

function formatTransferPreference(preference: HttpTransferPreference): string {
  refuseWeightParameter(preference.parameters);
  return formatParameterizedToken(preference) + formatWeight(preference.weight);
}
