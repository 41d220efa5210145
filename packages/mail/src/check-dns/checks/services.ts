import type { MailDnsFinding } from "../finding.ts";
import type { MailDnsService } from "../setup.ts";
import { addressesAt, findingsAbout, type MailDnsContext, valuesAt } from "./context.ts";

/** Whether people's programs find the server by themselves (RFC 6186, RFC 8314 §5.1). */
export async function checkServices(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  return (await Promise.all(context.setup.services.map((service) => checkService(service, context)))).flat();
}

async function checkService(
  { name: service, port }: MailDnsService,
  context: MailDnsContext,
): Promise<readonly MailDnsFinding[]> {
  const { domain, host } = context.setup;
  const name = `_${service}._tcp.${domain}`;
  const finding = findingsAbout("SRV", name);
  const todo = `publish "${name}. SRV 0 1 ${port} ${host}."`;
  const targets = (await valuesAt(context, name, "SRV")).map(targetOf);
  if (targets.length === 0) return [finding("advice", "programs do not find the server by themselves", todo)];
  const faults: MailDnsFinding[] = [];
  for (const { host: target } of targets) {
    if (target === ".") continue;
    if ((await addressesAt(context, target)).length === 0)
      faults.push(finding("wrong", `${target} has no address`, "publish its addresses, or name another host"));
  }
  const isOurs = targets.some((one) => one.host.toLowerCase() === host && one.port === port);
  const elsewhere = targets.map((one) => (one.host === "." ? "nowhere" : `${one.host}:${one.port}`)).join(", ");
  if (!isOurs) faults.push(finding("advice", `programs are sent to ${elsewhere}, and not to ${host}:${port}`, todo));
  return faults.length > 0 ? faults : [finding("good", `programs find ${host}:${port}`)];
}

/** `0 1 993 mail.example.org` */
function targetOf(value: string): { readonly host: string; readonly port: number } {
  const [, , port, host = "."] = value.split(" ");
  return { host, port: Number(port) };
}
