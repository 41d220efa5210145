import type { DkimResult } from "../dkim/result.ts";
import type { DmarcOutcome } from "../dmarc/dmarc.ts";
import type { SpfCheck, SpfOutcome } from "../spf/check-host.ts";
import type { AuthenticationResult } from "./authentication-results.ts";

/** RFC 8601 §2.7.1, with the beginning of the signature to tell several apart (RFC 6008). */
export function dkimResults(results: readonly DkimResult[]): readonly AuthenticationResult[] {
  if (results.length === 0) return [{ method: "dkim", result: "none", properties: [] }];
  return results.map(({ status, reason, signature, isTesting }) => {
    const why = [reason, isTesting ? "testing" : undefined].filter((word) => word !== undefined).join(", ");
    const about = signature === undefined ? [] : aboutSignature(signature);
    return { method: "dkim", result: status, ...(why === "" ? {} : { reason: why }), properties: about };
  });
}

/** RFC 8601 §2.7.2 */
export function spfResult(outcome: SpfOutcome, { helo, mailFrom }: SpfCheck): AuthenticationResult {
  const isHelo = outcome.identity === "helo";
  const about = { type: "smtp", name: isHelo ? "helo" : "mailfrom", value: printable(isHelo ? helo : mailFrom) };
  const reason = outcome.problem;
  return { method: "spf", result: outcome.result, ...(reason === undefined ? {} : { reason }), properties: [about] };
}

/** RFC 7489 §11.1: with what the policy asks for. */
export function dmarcResult(outcome: DmarcOutcome): AuthenticationResult {
  const { result, domain, policy, problem } = outcome;
  const from = domain === undefined ? [] : [{ type: "header", name: "from", value: domain }];
  const asked = policy === undefined ? [] : [{ type: "policy", name: "dmarc", value: policy }];
  return {
    method: "dmarc",
    result,
    ...(problem === undefined ? {} : { reason: problem }),
    properties: [...from, ...asked],
  };
}

/** What peers say may hold anything but the lines of a header. */
export function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f]/g, "?");
}

function aboutSignature(signature: NonNullable<DkimResult["signature"]>) {
  const { domain, identity, selector, algorithm, octets } = signature;
  const header = (name: string, value: string) => ({ type: "header", name, value });
  return [
    header("d", domain),
    ...(identity === `@${domain}` ? [] : [header("i", printable(identity))]),
    header("s", selector),
    header("a", algorithm),
    header("b", Buffer.from(octets).toString("base64").slice(0, 8)),
  ];
}
