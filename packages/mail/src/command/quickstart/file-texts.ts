import type { MailQuickstart } from "./plan.ts";

/** The configuration of a mail domain, to be edited. */
export function configurationText(plan: MailQuickstart, keys: readonly { readonly selector: string }[]): string {
  const dkim = keys.map(({ selector }) => `${JSON.stringify(selector)}: "dkim/${selector}.pem"`).join(", ");
  return `// Mail for ${plan.domain}. Edit this file as you like; "hawser check" tells what is wrong with it, "hawser up" starts it.
// Paths begin in this folder. More users: hawser user add NAME@${plan.domain} --file users
import { application, mail } from "hawser";

export default application({
  name: ${JSON.stringify(plan.hostname)},
  users: "file:users",
  services: [
    mail({
      domain: { ${JSON.stringify(plan.domain)}: "mail" },
      hostname: ${JSON.stringify(plan.hostname)},
      aliases: ["aliases"],
      dkim: { ${dkim} },
${whereLines(plan)
  .map((line) => `      ${line}\n`)
  .join("")}    }),
  ],
});
`;
}

/** What depends on where it shall listen, and who takes mail for others. */
function whereLines({ relay, tlsCert, tlsKey, tryOut }: MailQuickstart): readonly string[] {
  if (tryOut)
    return [
      "localOnly: true, // without this line, mail for other domains is sent to their servers",
      "noSenderChecks: true, // without this one, the DNS is asked about senders",
    ];
  return [
    ...(relay === undefined ? [] : [`relay: ${JSON.stringify(relay)},`]),
    `tlsCert: [${JSON.stringify(tlsCert)}],`,
    ...(tlsKey === undefined ? [] : [`tlsKey: [${JSON.stringify(tlsKey)}],`]),
  ];
}

/** Names that every domain must have (RFC 2142 §5), and those that programs of a system write to. */
export function aliasesText({ user, domain }: Pick<MailQuickstart, "domain" | "user">): string {
  const names = ["postmaster", "abuse", "hostmaster", "webmaster", "mailer-daemon", "root"];
  return [
    `# Names of ${domain} that lead to others, as in aliases(5): NAME: ADDRESS, ADDRESS`,
    "# What is changed here counts when the server has been told: hawser reload, or SIGHUP.",
    ...names.filter((name) => user !== `${name}@${domain}`).map((name) => `${name}: ${user}`),
    "",
  ].join("\n");
}
