import type { Clock } from "@hawser/core";
import { LimitedLookups } from "../sender/lookups/limited-lookups.ts";
import type { DnsLookups } from "../sender/lookups/lookups.ts";
import { type MailDnsCheck, type MailDnsContext, UnknownAnswer } from "./checks/context.ts";
import { checkDkim } from "./checks/dkim.ts";
import { checkDmarc } from "./checks/dmarc.ts";
import { checkHost, checkReverse } from "./checks/host.ts";
import { checkMx } from "./checks/mx.ts";
import { checkCaa, checkMtaSts, checkTlsReports } from "./checks/optional.ts";
import { checkServices } from "./checks/services.ts";
import { checkSpfOfHost, checkSpfRecord } from "./checks/spf.ts";
import type { MailDnsFinding } from "./finding.ts";
import { checkedMailDnsSetup, type MailDnsSetup } from "./setup.ts";

/** What a check needs. */
export interface MailDnsCheckOptions {
  readonly lookups: DnsLookups;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks up what a domain publishes for its mail, and tells what is there, what is wrong, and what could be better. Questions
 * that get no answer are findings as well.
 *
 * ```ts no-run
 * const setup = { domain: "example.org", host: "mail.example.org" };
 * const findings = await checkMailDns(setup, { lookups: resolverLookups(dnsResolver()), clock: nodeReactor.clock });
 * ```
 * @throws {UsageError} for a setup with what is no domain or address; rejects with `signal.reason`
 */
export async function checkMailDns(
  setup: MailDnsSetup,
  { lookups, clock, signal }: MailDnsCheckOptions,
): Promise<readonly MailDnsFinding[]> {
  const limited = new LimitedLookups(lookups, { clock, signal, lookupsMax, timeoutMs });
  const context: MailDnsContext = { setup: checkedMailDnsSetup(setup), lookups: limited, clock, signal };
  const findings = await Promise.all(Object.entries(checks).map(([about, check]) => run(about, check, context)));
  return findings.flat();
}

const checks: Readonly<Record<string, MailDnsCheck>> = {
  MX: checkMx,
  host: checkHost,
  PTR: checkReverse,
  SPF: checkSpfRecord,
  "SPF of the server": checkSpfOfHost,
  DKIM: checkDkim,
  DMARC: checkDmarc,
  SRV: checkServices,
  "TLS reports": checkTlsReports,
  "MTA-STS": checkMtaSts,
  CAA: checkCaa,
};

async function run(about: string, check: MailDnsCheck, context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  try {
    return await check(context);
  } catch (error) {
    if (!(error instanceof UnknownAnswer)) throw error;
    return [{ verdict: "unknown", about, name: context.setup.domain, text: error.message, todo: "ask again later" }];
  }
}

/** One domain: a policy of SPF may ask ten names with ten addresses each, and is asked for each of ours. */
const lookupsMax = 500;
/** Longer than three silent name servers take. */
const timeoutMs = 60_000;
