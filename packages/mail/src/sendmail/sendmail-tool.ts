import { restOperand, type Tool, tool } from "@hawser/core";
import { runSendmail } from "./run.ts";
import type { SendmailSystem } from "./system.ts";

/** `hawser sendmail`: takes mail from programs, with the words and the exit statuses of Sendmail. */
export function sendmailTool(system: (signal: AbortSignal) => SendmailSystem): Tool {
  return tool({
    name: "sendmail",
    summary: "Take mail from programs, with the words of Sendmail",
    options: {},
    operands: { words: restOperand("WORDS", "options as listed below, then the recipients", { raw: true }) },
    details,
    examples: [
      ["hawser sendmail -t -i < message", "to whom its header says"],
      ["hawser sendmail -f bounces@example.org bob@example.net < message", "reports go elsewhere"],
      ["ln -s $(command -v hawser) /usr/sbin/sendmail", "for cron, PHP and all others"],
      ["hawser sendmail -bp", "what waits in the queue"],
    ],
    run: ({ words }, { signal }) => runSendmail(words, system(signal)),
  });
}

const details: readonly string[] = [
  "Words:",
  "  -t            the header says for whom the message is (To, Cc, Bcc), beside the words behind the options",
  "  -i, -oi       a line with a dot alone does not end the message",
  "  -f ADDRESS    where reports go (-r is the same); <> for none",
  "  -F NAME       what people call whoever sends",
  "  -N WHEN       reports: never, or some of success,failure,delay; -R full|hdrs, -V NAME go with it",
  "  -B BODY       7BIT or 8BITMIME",
  "  -oep, -oem, -oeq, -oew, -oee   failures: print, mail back, only the exit status, write, mail and succeed",
  "  -bm           take a message (default); -bs SMTP on standard input and output; -bv verify addresses",
  "  -bp           print the queue; -q try it again now, -qI NAME a message, -qR DOMAIN a domain",
  "  -G            the message comes from elsewhere, and is not completed",
  "  -v            say what was done",
  "",
  "Where mail goes says /etc/hawser/sendmail.json, or .config/hawser/sendmail.json at home, or the file that",
  'HAWSER_SENDMAIL names: { "queue": "/var/lib/hawser/mail-queue" }, or { "relay": "tls:smtp.example.org:465",',
  '"user": "alice@example.org", "passwordFile": "/etc/hawser/smtp-password" }.',
];
