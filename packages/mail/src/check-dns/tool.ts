import { isIP } from "node:net";
import { parse, resolve } from "node:path";
import {
  type CommandValues,
  FileError,
  operand,
  optionChoice,
  optionFlag,
  optionValue,
  optionValues,
  parsePair,
  quote,
  type Reactor,
  type Tool,
  type ToolContext,
  tool,
  UsageError,
} from "@hawser/core";
import { type DnsResolver, dnsResolver } from "@hawser/dns";
import { type DkimDnsRecord, dkimDnsRecord } from "../sender/dkim/keys.ts";
import { asciiDomain } from "../sender/domain.ts";
import { SenderError } from "../sender/errors.ts";
import type { DnsLookups } from "../sender/lookups/lookups.ts";
import { resolverLookups } from "../sender/lookups/resolver-lookups.ts";
import { checkMailDns } from "./check.ts";
import { isMailDnsFault, type MailDnsFinding } from "./finding.ts";
import { mailDnsRecords } from "./records.ts";
import type { MailDnsSetup } from "./setup.ts";
import { formatMailDnsZone } from "./zone-text.ts";

const options = {
  host: optionValue("NAME", "the mail server", { defaultText: "the domain's MX, or mail.DOMAIN" }),
  address: optionValues("ADDRESS", "an address of the server; repeatable", {
    parse: parseAddress,
    defaultText: "what the DNS says",
  }),
  dkim: optionValues("SELECTOR=KEY", "a key that signs, a file in PEM; repeatable", {
    parse: parsePair("SELECTOR"),
    completes: "file",
  }),
  spf: optionValues("TERM", "who else may send, such as include:spf.example.net; repeatable"),
  dmarc: optionChoice(["none", "quarantine", "reject"], "what others shall do with forged mail", {
    defaultText: "quarantine",
  }),
  reportsTo: optionValue("ADDRESS", "who gets reports", { defaultText: "postmaster of the domain" }),
  caa: optionValue("ISSUER", "who gives out the server's certificates, such as letsencrypt.org"),
  nameServer: optionValues("ADDRESS[#PORT]", "the DNS server to ask; repeatable", { defaultText: "the system's" }),
  records: optionFlag("print the records to publish, and check nothing"),
  zone: optionFlag("with --records: a whole zone, with SOA and NS, for hawser dns --zone"),
};

type Given = CommandValues<typeof options> & { readonly domain: string };

/** `hawser mail check-dns`: tells what a domain should publish for its mail, and what is wrong with what it does. */
export const mailCheckDnsTool: Tool = tool({
  name: "check-dns",
  summary: "Tell what a domain should publish for its mail, and what is wrong with it",
  options,
  operands: { domain: operand("DOMAIN", "the domain, such as example.org") },
  details: ["The status is 0 when nothing has to be done, and 1 otherwise. Advice alone makes no difference."],
  examples: [
    ["hawser mail check-dns example.org", "what is there, and what is wrong"],
    ["hawser mail check-dns example.org --dkim s1=dkim.pem", "whether this key is published as well"],
    [
      "hawser mail check-dns example.org --records --zone --host mail.example.org --address 192.0.2.1 > example.org.zone",
      "a zone to begin with",
    ],
    ["hawser mail check-dns example.org --name-server 127.0.0.1#5353", "before others are told of your name server"],
  ],
  run: (given, context) => runCheckDns(given, context),
});

async function runCheckDns(given: Given, context: ToolContext): Promise<number> {
  const { reactor, terminal, signal } = context;
  if (given.zone && !given.records) throw new UsageError("--zone needs --records");
  await using resolver = dnsResolver({ reactor, ...(given.nameServer.length > 0 && { servers: given.nameServer }) });
  const lookups = resolverLookups(resolver);
  const setup = await setupOf(given, lookups, context);
  if (given.records) return printRecords(await withAddresses(setup, resolver, signal), given, context);
  const findings = await checkMailDns(setup, { lookups, clock: reactor.clock, signal });
  terminal.print(`${setup.domain}, whose mail server is ${setup.host}`);
  for (const line of findings.flatMap(formatFinding)) terminal.print(line);
  const faults = findings.filter(isMailDnsFault).length;
  terminal.print(faults === 0 ? "OK" : `${faults} to be seen to`);
  return faults === 0 ? 0 : 1;
}

function printRecords(setup: MailDnsSetup, { zone }: Given, { terminal }: ToolContext): number {
  const nameServer = zone ? setup.host : undefined;
  terminal.print(formatMailDnsZone(mailDnsRecords(setup), setup.domain, { nameServer }).trimEnd());
  return 0;
}

async function setupOf(given: Given, lookups: DnsLookups, { reactor, signal }: ToolContext): Promise<MailDnsSetup> {
  const domain = asciiDomain(given.domain);
  if (domain === undefined) throw new UsageError(`${quote(given.domain)} is no domain`);
  const { address: addresses, dmarc: dmarcPolicy, spf: spfTerms, reportsTo, caa: caaIssuer } = given;
  const dkim = await Promise.all(given.dkim.map(([selector, file]) => keyRecord(domain, selector, file, reactor)));
  const host = given.host ?? (await exchanger(domain, lookups, signal)) ?? `mail.${domain}`;
  return { domain, host, addresses, dkim, dmarcPolicy, spfTerms, reportsTo, caaIssuer };
}

/** The most preferred of those that have a name. */
async function exchanger(domain: string, lookups: DnsLookups, signal: AbortSignal): Promise<string | undefined> {
  const answer = await lookups.lookUp(domain, "MX", { signal });
  return answer.type === "found"
    ? answer.values.find((host) => asciiDomain(host) !== undefined && isIP(host) === 0)
    : undefined;
}

async function withAddresses(setup: MailDnsSetup, resolver: DnsResolver, signal: AbortSignal): Promise<MailDnsSetup> {
  if ((setup.addresses ?? []).length > 0) return setup;
  const found = await resolver.addresses(setup.host, { signal, hosts: false }).catch(() => []);
  return { ...setup, addresses: found.map(({ host }) => host) };
}

async function keyRecord(domain: string, selector: string, file: string, reactor: Reactor): Promise<DkimDnsRecord> {
  const path = resolve(file);
  const { root } = parse(path);
  try {
    const octets = await reactor.files(root).readFile(path.slice(root.length));
    return dkimDnsRecord({ domain, selector, privateKey: Buffer.from(octets).toString() });
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`Cannot read the key ${quote(file)}`, { cause: error });
    if (error instanceof SenderError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Two lines at most: what is so, and what to do. */
function formatFinding({ verdict, about, name, text, todo }: MailDnsFinding): readonly string[] {
  const line = `  ${verdict.padEnd(8)} ${about.padEnd(11)} ${printable(`${name}: ${text}`)}`;
  return todo === undefined ? [line] : [line, `${" ".repeat(23)}${printable(todo)}`];
}

function parseAddress(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new UsageError(`${quote(text)} is no address`);
}

/** What is published shall not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
}
