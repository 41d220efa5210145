import { type CommandValues, operand, optionFlag, optionValue, optionValues, type Tool, tool } from "@hawser/core";
import { formatMailDnsZone } from "../../check-dns/zone-text.ts";
import { domainName, parseRelay } from "../spelling.ts";
import { makeMailFolder } from "./make-folder.ts";
import { type MailQuickstart, parseFirstUser } from "./plan.ts";

const options = {
  dir: optionValue("DIR", "the folder to make, or to fill", { defaultText: "DOMAIN", completes: "directory" }),
  hostname: optionValue("NAME", "what the server is called", { parse: domainName, defaultText: "mail.DOMAIN" }),
  address: optionValues("IP", "an address of the server, for the DNS; repeatable"),
  relay: optionValue("HOST[:PORT]", "the server that gets all mail for elsewhere", { parse: checkedRelay }),
  tlsCert: optionValue("FILE", "the server's certificate with its chain", {
    completes: "file",
    defaultText: "where certbot puts it",
  }),
  tlsKey: optionValue("FILE", "its key", { completes: "file", defaultText: "where certbot puts it" }),
  tryOut: optionFlag("for this machine alone: no certificate, no ports below 1024, and nothing is sent elsewhere"),
};

/** `hawser mail quickstart example.org`: a folder with all that a domain with mail needs, and what is to be done next. */
export const mailQuickstartTool: Tool = tool({
  name: "quickstart",
  summary: "Make what a domain with mail needs, and tell what to publish",
  options,
  operands: { user: operand("[USER@]DOMAIN", "the domain, and its first user: admin", { parse: parseFirstUser }) },
  details: [
    "Makes a configuration, a users file, aliases and DKIM keys, and prints the first",
    "user's password, which stands nowhere else, and the records to publish in the",
    "DNS. Nothing that is there is changed.",
  ],
  examples: [
    ["hawser mail quickstart alice@example.org --address 192.0.2.1", "make the folder example.org"],
    ["hawser mail quickstart example.org --try-out", "to be looked at on this machine"],
  ],
  async run({ user: first, ...given }, { reactor, terminal }) {
    const plan = planOf(first, given);
    const made = await makeMailFolder(plan, reactor);
    for (const file of made.files) terminal.print(`made ${plan.dir}/${file}`);
    terminal.print(`\nuser ${plan.user}, password ${made.password} (told only now)`);
    if (!plan.tryOut) terminal.print(`\nPublish these records:\n\n${formatMailDnsZone(made.records, plan.domain)}`);
    for (const line of nextSteps(plan)) terminal.print(line);
    return 0;
  },
});

/** As it was written: so it stands in the configuration. */
function checkedRelay(text: string): string {
  parseRelay(text);
  return text;
}

function planOf(
  { user, domain }: { readonly user: string; readonly domain: string },
  given: CommandValues<typeof options>,
): MailQuickstart {
  const hostname = given.hostname ?? `mail.${domain}`;
  const certificate = `/etc/letsencrypt/live/${hostname}`;
  return {
    ...given,
    user,
    domain,
    hostname,
    dir: (given.dir ?? domain).replace(/(?<=.)\/+$/, ""),
    tlsCert: given.tlsCert ?? `${certificate}/fullchain.pem`,
    tlsKey: given.tlsKey ?? (given.tlsCert === undefined ? `${certificate}/privkey.pem` : undefined),
  };
}

function nextSteps({ dir, domain, hostname, relay, tlsCert, tryOut }: MailQuickstart): readonly string[] {
  if (tryOut) {
    return [
      "\nNext:",
      `  cd ${dir} && hawser up`,
      "      SMTP on port 2525, submission on 2587, IMAP on 1143, POP3 on 1110 of 127.0.0.1",
    ];
  }
  return [
    "Next:",
    `  publish the records above: they are in ${dir}/records.zone`,
    ...(relay === undefined ? [] : [`  let ${relay} send for you: add what it says to the record of SPF`]),
    `  have your provider name your address ${hostname}`,
    `  get a certificate, such as by: certbot certonly --standalone -d ${hostname}`,
    `      it is looked for in ${tlsCert}`,
    `  cd ${dir} && hawser check`,
    "  hawser up        as root, or as hawser unit tells: the ports of mail are below 1024",
    `  hawser mail check-dns ${domain}`,
    `  hawser user add bob@${domain} --file users`,
  ];
}
