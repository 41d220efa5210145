import type { MailField } from "@hawser/mime";
import type { SpfCheck, SpfOutcome } from "../spf/check-host.ts";
import { asValue, fieldWith } from "./format.ts";
import { printable } from "./results-of.ts";

/** The field `Received-SPF`, for those who read it still (RFC 7208 §9.1). @param receiver the name of this host */
export function formatReceivedSpf(
  outcome: SpfOutcome,
  { peer, helo, mailFrom }: SpfCheck,
  receiver: string,
): MailField {
  const pairs: readonly (readonly string[])[] = [
    ["client-ip", peer],
    ...(mailFrom === "" ? [] : [["envelope-from", mailFrom]]),
    ["helo", helo],
    ["receiver", receiver],
    ["identity", outcome.identity],
    ...(outcome.matched === undefined ? [] : [["mechanism", outcome.matched]]),
    ...(outcome.problem === undefined ? [] : [["problem", outcome.problem]]),
  ];
  const said = pairs.map(([key, value = ""]) => `${key}=${asValue(printable(value))}`).join("; ");
  return fieldWith("Received-SPF", `${outcome.result} ${said}`);
}
