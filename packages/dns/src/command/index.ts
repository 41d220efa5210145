/**
 * `hawser dig`, `hawser zone` and `hawser dns`.
 *
 * @packageDocumentation
 */
export { digTool } from "./dig/dig-tool.ts";
export { dnsCommand } from "./dns/dns-command.ts";
export type { DnsCommandOptions } from "./dns/options.ts";
export type { ForwardTarget, NotifyAddress, SecondaryPrimary, ZoneGrant } from "./dns/spelling.ts";
export { zoneTools } from "./zone/zone-tools.ts";
