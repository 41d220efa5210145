import { isIPv4 } from "node:net";
import { formatIp, networkHolds, parseIp, parseIpNetwork } from "@hawser/core";
import { privateNetworks } from "@hawser/dns";
import { reverseDomain } from "../../sender/spf/subject.ts";
import type { MailDnsFinding } from "../finding.ts";
import { addressesAt, findingsAbout, type MailDnsContext, valuesAt } from "./context.ts";

/** Whether the server is found, and its addresses are the ones it has. */
export async function checkHost(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { host, addresses } = context.setup;
  const finding = findingsAbout("host", host);
  const published = await addressesAt(context, host);
  if (published.length === 0)
    return [finding("missing", "the server has no address", "publish A and AAAA records for it")];
  const absent = addresses.filter((one) => !published.some((other) => isSame(one, other)));
  const strange =
    addresses.length === 0 ? [] : published.filter((one) => !addresses.some((other) => isSame(one, other)));
  const hidden = published.filter(isPrivate);
  const faults = [
    ...absent.map((one) =>
      finding("missing", `the address ${one} is not published`, `publish "${host}. ${typeOf(one)} ${one}"`),
    ),
    ...strange.map((one) => finding("wrong", `${one} is published, and is none of the server's`, "take it away")),
    ...hidden.map((one) => finding("wrong", `nobody outside reaches ${one}`, "publish the address that others see")),
  ];
  const advice = published.some((one) => isIPv4(one))
    ? []
    : [finding("advice", "it has no IPv4 address, and many servers have nothing else", "publish an A record")];
  return faults.length > 0 ? faults : [finding("good", `found at ${published.join(", ")}`), ...advice];
}

/** Whether each address has a name that leads back to it: others refuse mail from one that has not (FCrDNS, RFC 8601 §2.7.3). */
export async function checkReverse(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { host, addresses } = context.setup;
  const all = addresses.length > 0 ? addresses : await addressesAt(context, host);
  return Promise.all(all.map((address) => reverseOf(address, context)));
}

async function reverseOf(address: string, context: MailDnsContext): Promise<MailDnsFinding> {
  const { host } = context.setup;
  const reverse = reverseDomain(parseIp(address)!);
  const finding = findingsAbout("PTR", reverse);
  const todo = `ask whoever gives you ${address} for "${reverse}. PTR ${host}."`;
  const names = (await valuesAt(context, reverse, "PTR")).slice(0, namesMax);
  if (names.length === 0) return finding("missing", `${address} has no name, and many refuse mail from it`, todo);
  for (const name of names) {
    if (!(await addressesAt(context, name)).some((one) => isSame(one, address))) continue;
    if (name.toLowerCase() === host) return finding("good", `${address} is ${name}, and back`);
    return finding("advice", `${address} is ${name}, and the server calls itself ${host}`, todo);
  }
  return finding("wrong", `${address} is ${names.join(", ")}, which does not lead back to it`, todo);
}

function isSame(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(address: string): string {
  const octets = parseIp(address);
  return octets === undefined ? address : formatIp(octets);
}

function typeOf(address: string): string {
  return isIPv4(address) ? "A" : "AAAA";
}

function isPrivate(address: string): boolean {
  const octets = parseIp(address);
  return octets !== undefined && unreachable.some((network) => networkHolds(network, octets));
}

const unreachable = privateNetworks.map(parseIpNetwork);

/** Names of one address that are looked at; RFC 7208 §4.6.4 has as many. */
const namesMax = 10;
