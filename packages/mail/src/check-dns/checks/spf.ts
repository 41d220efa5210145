import { spfLookupsMax } from "../../sender/limits.ts";
import { checkSpf, checkSpfHelo } from "../../sender/spf/check-host.ts";
import { isSpfRecord, parseSpfRecord } from "../../sender/spf/record.ts";
import type { SpfMacroText, SpfRecord } from "../../sender/spf/words.ts";
import type { MailDnsFinding } from "../finding.ts";
import { addressesAt, findingsAbout, type MailDnsContext, valuesAt } from "./context.ts";

/** Who may send mail of the domain (RFC 7208). */
export async function checkSpfRecord(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain } = context.setup;
  const finding = findingsAbout("SPF", domain);
  const records = (await valuesAt(context, domain, "TXT")).filter(isSpfRecord);
  const [text] = records;
  if (text === undefined)
    return [finding("missing", "nothing says who may send its mail", `publish "${domain}. TXT \\"v=spf1 mx ~all\\""`)];
  if (records.length > 1)
    // RFC 7208 §4.5
    return [finding("wrong", `there are ${records.length} records, so that none counts`, "make one of them")];
  let record: SpfRecord;
  try {
    record = parseSpfRecord(text);
  } catch (error) {
    return [finding("wrong", (error as Error).message, "correct it: one mistake spoils all of it")];
  }
  const terms = await countTerms(record, context);
  const faults = [
    ...(terms > spfLookupsMax
      ? [
          finding(
            "wrong",
            `${terms} of its terms ask the DNS, and ${spfLookupsMax} may, so that it never counts`,
            "put addresses (ip4:, ip6:) in their place",
          ),
        ]
      : []),
    ...(await senderFaults(context)),
  ];
  const advice = adviceOn(record, text).map((one) => finding("advice", ...one));
  return faults.length > 0 ? [...faults, ...advice] : [finding("good", text), ...advice];
}

/** Whether the server may send with its own name, as it does for reports (RFC 7208 §2.3). */
export async function checkSpfOfHost(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain, host } = context.setup;
  if (host === domain) return [];
  const finding = findingsAbout("SPF", host);
  const todo = `publish "${host}. TXT \\"v=spf1 a -all\\""`;
  for (const peer of await serverAddresses(context)) {
    const { result, problem } = await checkSpfHelo({ peer, helo: host }, context);
    if (result === "pass") continue;
    if (result === "none") return [finding("advice", "nothing says who may call itself so", todo)];
    if (result === "temperror") return [finding("unknown", problem ?? "the DNS does not answer")];
    return [finding("wrong", `${peer} may not call itself so: ${problem ?? result}`, todo)];
  }
  return [finding("good", "the server may send with its own name")];
}

async function senderFaults(context: MailDnsContext): Promise<readonly MailDnsFinding[]> {
  const { domain, host } = context.setup;
  const finding = findingsAbout("SPF", domain);
  const faults: MailDnsFinding[] = [];
  for (const peer of await serverAddresses(context)) {
    const { result, problem, matched } = await checkSpf(
      { peer, helo: host, mailFrom: `postmaster@${domain}` },
      context,
    );
    if (result === "pass") continue;
    if (result === "temperror") faults.push(finding("unknown", problem ?? "the DNS does not answer"));
    else
      faults.push(
        finding(
          "wrong",
          `our own server at ${peer} may not send: ${problem ?? `${result}, by ${matched ?? "no term"}`}`,
          `add "a:${host}"`,
        ),
      );
  }
  return faults;
}

/** What the settings say, else what is published. */
async function serverAddresses(context: MailDnsContext): Promise<readonly string[]> {
  const { addresses, host } = context.setup;
  return addresses.length > 0 ? addresses : addressesAt(context, host);
}

function adviceOn(record: SpfRecord, text: string): readonly (readonly [text: string, todo: string])[] {
  const all = record.directives.find(({ mechanism }) => mechanism.type === "all");
  const isOpen =
    all?.result === "pass" || all?.result === "neutral" || (all === undefined && record.redirect === undefined);
  return [
    ...(isOpen ? [["it refuses nobody", 'end it with "~all"'] as const] : []),
    ...(record.directives.some(({ mechanism }) => mechanism.type === "ptr")
      ? [['it has "ptr", which others do not look at (RFC 7208 §5.5)', "name addresses or hosts"] as const]
      : []),
    ...(text.length > wantedOctets
      ? [
          [
            `it has ${text.length} octets, and ${wantedOctets} fit into every answer (RFC 7208 §3.4)`,
            "make it shorter",
          ] as const,
        ]
      : []),
  ];
}

/** All terms that ask the DNS, those of included records too, whoever sends: nobody may find more (RFC 7208 §4.6.4). */
async function countTerms(record: SpfRecord, context: MailDnsContext): Promise<number> {
  const waiting: SpfRecord[] = [record];
  let count = 0;
  for (let i = 0; i < waiting.length && count <= countedMax; i++) {
    const { directives, redirect } = waiting[i]!;
    const asking = directives.filter(({ mechanism }) => askingTypes.has(mechanism.type));
    count += asking.length + (redirect === undefined ? 0 : 1);
    const included = asking.flatMap(({ mechanism }) => (mechanism.type === "include" ? [mechanism.domain] : []));
    for (const domain of [...included, ...(redirect === undefined ? [] : [redirect])]) {
      const next = await recordAt(domain, context);
      if (next !== undefined) waiting.push(next);
    }
  }
  return count;
}

/** Names with macros are another one for each sender: they are not followed. */
async function recordAt(domain: SpfMacroText, context: MailDnsContext): Promise<SpfRecord | undefined> {
  const [piece, ...more] = domain;
  if (piece?.type !== "text" || more.length > 0) return undefined;
  const texts = (await valuesAt(context, piece.text.replace(/\.$/, ""), "TXT")).filter(isSpfRecord);
  try {
    return texts.length === 1 ? parseSpfRecord(texts[0]!) : undefined;
  } catch {
    return undefined;
  }
}

const askingTypes: ReadonlySet<string> = new Set(["a", "exists", "include", "mx", "ptr"]);
/** Beyond it is enough to know that there are too many: records may include themselves. */
const countedMax = 50;
/** RFC 7208 §3.4 */
const wantedOctets = 450;
