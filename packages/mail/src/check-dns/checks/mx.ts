import { isIP } from "node:net";
import type { MailDnsFinding } from "../finding.ts";
import { addressesAt, findingsAbout, type MailDnsContext, valuesAt, valuesIn } from "./context.ts";

/** Where mail for the domain goes (RFC 5321 §5.1). */
export async function checkMx(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain, host } = context.setup;
  const finding = findingsAbout("MX", domain);
  const answer = await context.lookups.lookUp(domain, "MX", { signal: context.signal });
  const hosts = valuesIn(answer);
  if (answer.type === "none" && !answer.nameExists)
    return [finding("missing", "the DNS knows no such domain", "register it, and delegate it to your name servers")];
  if (hosts.length === 0)
    return [finding("missing", "nothing says where its mail goes", `publish "${domain}. MX 10 ${host}."`)];
  // RFC 7505 §3: it stands alone.
  if (hosts.includes("."))
    return [finding("wrong", "it says that the domain takes no mail (null MX)", `publish "${domain}. MX 10 ${host}."`)];
  const faults = (await Promise.all(hosts.map((one) => faultsOf(one, context)))).flat();
  const isOurs = hosts.some((one) => one.toLowerCase() === host);
  const elsewhere = finding("wrong", `mail goes to ${hosts.join(", ")}, and not to ${host}`, `add "MX 10 ${host}."`);
  if (!isOurs) return [...faults, elsewhere];
  return faults.length > 0 ? faults : [finding("good", `mail goes to ${hosts.join(", ")}`)];
}

async function faultsOf(host: string, context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const finding = findingsAbout("MX", host);
  if (isIP(host) !== 0)
    return [
      finding("wrong", "an MX names a host, and this is an address", "give the address a name, and publish that"),
    ];
  // RFC 5321 §5.1, RFC 2181 §10.3
  if ((await valuesAt(context, host, "CNAME")).length > 0)
    return [
      finding("wrong", "an MX may not be another name for a host (CNAME)", "publish the addresses themselves there"),
    ];
  if ((await addressesAt(context, host)).length > 0) return [];
  return [finding("wrong", "the host has no address", "publish A and AAAA records for it, or take the MX away")];
}
