import type { Reactor } from "@hawser/core";
import type { DnsResolver } from "@hawser/dns";
import type { MailPolicy } from "../domain/policies/policy.ts";
import type { MailCommandValues } from "./options.ts";

/** Who may bring mail from elsewhere, as the options say. */
export function domainPolicies(
  _given: Pick<MailCommandValues, "dnsbl" | "greylist">,
  _parts: { readonly reactor: Reactor; readonly resolver: DnsResolver },
): readonly MailPolicy[] {
  return [];
}
