import { isIPv4 } from "node:net";
import { parseIp } from "@hawser/core";
import { reverseDomain } from "../sender/spf/subject.ts";
import { type MailDnsNeed, type MailDnsRecord, type MailDnsType, mailDnsText } from "./record.ts";
import { type CheckedMailDnsSetup, checkedMailDnsSetup, type MailDnsSetup } from "./setup.ts";

/**
 * The records that a domain with mail should publish, the ones it cannot be without first.
 *
 * ```ts
 * const records = mailDnsRecords({ domain: "example.org", host: "mail.example.org", addresses: ["192.0.2.1"] });
 * console.log(formatMailDnsZone(records, "example.org"));
 * ```
 * @throws {UsageError} for what is no domain or address
 */
export function mailDnsRecords(setup: MailDnsSetup): readonly MailDnsRecord[] {
  const checked = checkedMailDnsSetup(setup);
  return [
    ...routeRecords(checked),
    ...senderRecords(checked),
    ...checked.services.map((service) => serviceRecord(checked, service)),
    ...optionalRecords(checked),
  ];
}

function routeRecords({ domain, host, addresses }: CheckedMailDnsSetup): readonly MailDnsRecord[] {
  return [
    record("required", domain, "MX", `10 ${host}.`, "mail for the domain goes to its server"),
    ...addresses.map((address) =>
      record("required", host, isIPv4(address) ? "A" : "AAAA", address, "the server is found"),
    ),
    ...addresses.map((address) =>
      record(
        "required",
        reverseDomain(parseIp(address)!),
        "PTR",
        `${host}.`,
        "others refuse mail from addresses without a name",
      ),
    ),
  ];
}

function senderRecords(setup: CheckedMailDnsSetup): readonly MailDnsRecord[] {
  const { domain, host, dkim, dmarcPolicy, reportsTo, spfTerms } = setup;
  const spf = ["v=spf1", "mx", ...spfTerms, "~all"].join(" ");
  const dmarc = `v=DMARC1; p=${dmarcPolicy}; rua=mailto:${reportsTo}`;
  return [
    record("required", domain, "TXT", mailDnsText(spf), "SPF: who may send mail of the domain"),
    ...(host === domain
      ? []
      : [record("advised", host, "TXT", mailDnsText("v=spf1 a -all"), "SPF of the server itself, for its reports")]),
    ...dkim.map(({ name, text }) => record("required", name, "TXT", mailDnsText(text), "DKIM: the key that signs")),
    record(
      "required",
      `_dmarc.${domain}`,
      "TXT",
      mailDnsText(dmarc),
      "DMARC: what to do with forged mail, and whom to tell",
    ),
  ];
}

function serviceRecord(
  { domain, host }: CheckedMailDnsSetup,
  { name, port }: CheckedMailDnsSetup["services"][number],
): MailDnsRecord {
  const why = "programs for mail find the server by themselves";
  return record("advised", `_${name}._tcp.${domain}`, "SRV", `0 1 ${port} ${host}.`, why);
}

/** What is true without any other software: reports of TLS are mail, and CAA binds authorities alone. */
function optionalRecords({ domain, reportsTo, caaIssuer }: CheckedMailDnsSetup): readonly MailDnsRecord[] {
  const tls = mailDnsText(`v=TLSRPTv1; rua=mailto:${reportsTo}`);
  const issuer = caaIssuer === "" ? [] : [`0 issue "${caaIssuer}"`];
  return [
    record(
      "optional",
      `_smtp._tls.${domain}`,
      "TXT",
      tls,
      "TLS reports: others tell when they cannot encrypt mail to you",
    ),
    ...issuer.map((data) => record("optional", domain, "CAA", data, "no other authority gives out certificates")),
  ];
}

function record(need: MailDnsNeed, name: string, type: MailDnsType, data: string, why: string): MailDnsRecord {
  return { need, name, type, data, why };
}
