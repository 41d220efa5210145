/**
 * The records that a domain with mail should publish, and what is wrong with those that it does.
 *
 * @packageDocumentation
 */
export { checkMailDns, type MailDnsCheckOptions } from "./check.ts";
export * from "./finding.ts";
export * from "./record.ts";
export { mailDnsRecords } from "./records.ts";
export { type MailDnsService, type MailDnsSetup, mailDnsServices } from "./setup.ts";
export { formatMailDnsZone, type MailDnsZoneOptions } from "./zone-text.ts";
