import type { MailDnsFinding } from "../finding.ts";
import { findingsAbout, type MailDnsContext, valuesAt } from "./context.ts";

/** Who hears that mail could not be encrypted on its way (RFC 8460 §3). */
export async function checkTlsReports(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain, reportsTo } = context.setup;
  const name = `_smtp._tls.${domain}`;
  const finding = findingsAbout("TLS reports", name);
  const [text, ...more] = (await valuesAt(context, name, "TXT")).filter((one) => /^v=TLSRPTv1(?:;|$)/.test(one));
  const todo = `publish "${name}. TXT \\"v=TLSRPTv1; rua=mailto:${reportsTo}\\""`;
  if (text === undefined) return [finding("advice", "nobody tells you when mail cannot be encrypted", todo)];
  if (more.length > 0)
    return [finding("wrong", `there are ${more.length + 1} records, so that none counts`, "keep one")];
  const isRight = /;\s*rua=(?:mailto:[^@\s,]+@[^@\s,]+|https:\/\/[^\s,]+)(?:\s*,|\s*;|$)/.test(text);
  return [isRight ? finding("good", text) : finding("wrong", "it does not say who gets reports", todo)];
}

/** What is said of MTA-STS, if anything is (RFC 8461 §3.1). The policy itself is on the web, and is not looked at. */
export async function checkMtaSts(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const name = `_mta-sts.${context.setup.domain}`;
  const finding = findingsAbout("MTA-STS", name);
  const texts = (await valuesAt(context, name, "TXT")).filter((one) => /^v=STSv1\s*(?:;|$)/.test(one));
  if (texts.length === 0) return [];
  if (texts.length > 1) return [finding("wrong", `there are ${texts.length} records, so that none counts`, "keep one")];
  if (/;\s*id=[A-Za-z0-9]{1,32}\s*(?:;|$)/.test(texts[0]!)) return [finding("good", texts[0]!)];
  return [finding("wrong", "it has no id=, of letters and digits", "add one, and change it with the policy")];
}

/** Whether the authority that the server's certificate comes from may give it out (RFC 8659 §3). */
export async function checkCaa(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { host, caaIssuer } = context.setup;
  if (caaIssuer === "") return [];
  const labels = host.split(".");
  for (let i = 0; i < labels.length; i++) {
    const name = labels.slice(i).join(".");
    const records = await valuesAt(context, name, "CAA");
    if (records.length === 0) continue;
    const finding = findingsAbout("CAA", name);
    const issuers = records.flatMap((one) => /^\d+ issue "\s*([^";]*?)\s*(?:;.*)?"$/i.exec(one)?.[1] ?? []);
    if (issuers.length === 0 || issuers.includes(caaIssuer))
      return [finding("good", `${caaIssuer} may give out certificates`)];
    const todo = `add "${name}. CAA 0 issue \\"${caaIssuer}\\""`;
    return [finding("wrong", `${caaIssuer} may give out no certificate for ${host}`, todo)];
  }
  return [
    findingsAbout("CAA", host)(
      "advice",
      "every authority may give out certificates",
      `publish "CAA 0 issue \\"${caaIssuer}\\""`,
    ),
  ];
}
