import { type CommandOption, optionFlag, optionValue, optionValues, parsePair, parseWholeNumber } from "@hawser/core";
import {
  type ForwardTarget,
  type NotifyAddress,
  parseAccess,
  parseForward,
  parseNetwork,
  parseNotify,
  parseSecondary,
  parseZoneFile,
  type SecondaryPrimary,
  type ZoneGrant,
} from "./spelling.ts";

/**
 * The options of `hawser dns` by their types, for `dns({ … })` in a configuration. Each is explained where it is read:
 * `hawser dns --help` shows them all.
 */
export type DnsCommandOptions = {
  readonly listen: CommandOption<readonly string[]>;
  readonly port: CommandOption<number | undefined>;
  readonly https: CommandOption<readonly string[]>;
  readonly zone: CommandOption<readonly (readonly [string, string])[]>;
  readonly secondary: CommandOption<readonly SecondaryPrimary[]>;
  readonly state: CommandOption<string | undefined>;
  readonly allowTransfer: CommandOption<readonly ZoneGrant[]>;
  readonly allowUpdate: CommandOption<readonly ZoneGrant[]>;
  readonly notify: CommandOption<readonly NotifyAddress[]>;
  readonly tsig: CommandOption<readonly (readonly [string, string])[]>;
  readonly hosts: CommandOption<readonly string[]>;
  readonly block: CommandOption<readonly string[]>;
  readonly forward: CommandOption<readonly ForwardTarget[]>;
  readonly recursive: CommandOption<boolean>;
  readonly rootHints: CommandOption<string | undefined>;
  readonly allow: CommandOption<readonly string[]>;
  readonly cache: CommandOption<number | undefined>;
  readonly dns64: CommandOption<string | undefined>;
  readonly rateLimit: CommandOption<number | undefined>;
  readonly clientLimit: CommandOption<number | undefined>;
  readonly nsid: CommandOption<string | undefined>;
  readonly log: CommandOption<string | undefined>;
};

/** The table of `hawser dns`. */
export const dnsCommandOptions: DnsCommandOptions = {
  listen: optionValues("ENDPOINT", "where to listen, such as udp:53, tcp:53 or tls:853:cert=FILE; repeatable", {
    defaultText: "UDP and TCP on port 53 of 127.0.0.1",
  }),
  port: optionValue("N", "listen on this port of every interface, over UDP and TCP; 0 lets the system choose", {
    parse: parseWholeNumber(0, 65_535),
  }),
  https: optionValues("ENDPOINT", "answer DNS over HTTPS at /dns-query here, such as tls:443:cert=FILE; repeatable"),
  zone: optionValues("NAME=FILE", "serve this zone from its master file; repeatable", {
    parse: parseZoneFile,
    completes: "file",
  }),
  secondary: optionValues("NAME@ADDRESS[#PORT][,KEY]", "keep a copy of this zone of another server; repeatable", {
    parse: parseSecondary,
  }),
  state: optionValue("DIR", "keep the copies of --secondary in this folder", { completes: "directory" }),
  allowTransfer: optionValues("[ZONE=]NET|KEY", "give zones to this network, or who signs with this key; repeatable", {
    parse: parseAccess,
  }),
  allowUpdate: optionValues(
    "[ZONE=]NET|KEY",
    "let this network, or who signs with this key, change zones, which are kept in their files; repeatable",
    {
      parse: parseAccess,
    },
  ),
  notify: optionValues("[ZONE=]ADDRESS[#PORT][,KEY]", "tell this server of new versions of zones; repeatable", {
    parse: parseNotify,
    defaultText: "the name servers of each zone",
  }),
  tsig: optionValues("NAME=FILE", "know the key of this name, as tsig-keygen writes it into a file; repeatable", {
    parse: parsePair("NAME"),
    completes: "file",
  }),
  hosts: optionValues("FILE", "answer for the names of a hosts file, and their addresses; repeatable", {
    completes: "file",
  }),
  block: optionValues("FILE", "answer that the names of this list do not exist; repeatable", { completes: "file" }),
  forward: optionValues("[ZONE=]SERVER", "ask this server, such as 192.0.2.1 or tls://dns.example; repeatable", {
    parse: parseForward,
  }),
  recursive: optionFlag("ask the servers of the Internet, from the root on"),
  rootHints: optionValue("FILE", "where the root's servers are", {
    completes: "file",
    defaultText: "those that the world has",
  }),
  allow: optionValues("NET", "look up names of others for this network; repeatable", {
    parse: parseNetwork,
    defaultText: "networks of private use",
  }),
  cache: optionValue("N", "remember so many answers; 0: none", {
    parse: parseWholeNumber(0, 100_000_000),
    defaultText: "100000",
  }),
  dns64: optionValue("PREFIX", "make IPv6 addresses of IPv4 ones, below a prefix such as 64:ff9b::/96"),
  rateLimit: optionValue("N", "equal answers a second that one network gets; for servers that everybody may ask", {
    parse: parseWholeNumber(1, 1_000_000),
  }),
  clientLimit: optionValue("N", "questions a second that one client may ask", {
    parse: parseWholeNumber(1, 1_000_000),
  }),
  nsid: optionValue("TEXT", "what tells this server from others at its address (NSID)"),
  log: optionValue("FILE|-", "write a line for each answer to this file, or to standard output", { completes: "file" }),
};
