import {
  type Command,
  command,
  EndpointError,
  FileError,
  parseEndpoint,
  quote,
  type Reactor,
  type Service,
  UsageError,
} from "@hawser/core";
import { endpointWithCertificate } from "../../command/endpoints.ts";
import { fileFault, makeNamedFolder } from "../../command/named-files.ts";
import { MailStoreError } from "../../store/errors.ts";
import { maildirMail } from "../../store/maildir/store.ts";
import type { MailStore } from "../../store/store.ts";
import { mailLocal } from "../local.ts";
import type { MailLocal } from "../mail-local.ts";
import type { MailLocalSummary } from "../message.ts";
import { type MailLocalCommandOptions, type MailLocalCommandValues, mailLocalCommandOptions } from "./options.ts";

const defaultPorts = { smtp: 1025, web: 8025, pop3: 1110, imap: 1143 } as const;

/** `hawser mail local`: catches the mail of programs that are being written, and shows it. */
export const mailLocalCommand: Command<MailLocalCommandOptions> = command({
  name: "local",
  summary: "Catch the mail of programs that are being written, and show it on a page",
  options: mailLocalCommandOptions,
  details: [
    "Nothing is sent on by itself. Any user and password will do; POP3 and IMAP show a user named like an address the mail",
    "for that address, and everybody else all of it. The API for programs is below /api/v1 of the page.",
    "",
    "--fail STAGE[:PATTERN]=WHAT lets something go wrong, so that one sees what a program makes of it:",
    "  STAGE    connect, hello, sender, recipient, or message (after the whole of it has come)",
    "  PATTERN  the address, name or peer, with * for anything",
    "  WHAT     a reply (451 4.3.0 Later), drop, a time to wait (5s, 300ms); behind a comma how often (once, 3x, 20%)",
  ],
  examples: [
    ["hawser mail local", "then let the program send to port 1025, and look at http://127.0.0.1:8025/"],
    ["hawser mail local --pedantic", "refuse what other servers may take badly"],
    ["hawser mail local --fail recipient:*@full.example=452 --fail message=451,once", "be a server that has bad days"],
    ["hawser mail local --smtp tcp:1025 --web tcp:8025 --web-name mail.example.org", "for a team, or in a container"],
  ],
  async start(given, context): Promise<Service> {
    const { reactor, print } = context;
    if (reactor.kind === "cluster") throw new UsageError("all mail is in one process: leave out --reactor");
    const certificates = await certificatesOf(given);
    const store = await storeOf(given, reactor);
    const local = await mailLocal({
      ...{ reactor, store },
      ...placesOf(given),
      ...(certificates && { tls: { keyPair: (name: string | undefined) => certificates.keyPair(name) } }),
      allowPlainText: given.allowPlainText,
      pedantic: given.pedantic,
      messagesMax: given.maxMessages,
      failures: given.fail,
      releaseTo: given.releaseTo,
      webNames: given.webName.map((name) => name.toLowerCase()),
      listen: (endpoint, factory) => context.listen(endpoint, factory),
    });
    tellWhere(local, print);
    if (!given.quiet) tellOfMail(local, given.pedantic, print);
    return {
      async stop(how) {
        await local.stop(how);
        await store?.[Symbol.asyncDispose]();
      },
      reload: async () => certificates?.reload(),
    };
  },
  async preview(given) {
    requireSense(given);
    return { listens: Object.values(placesOf(given)).flat() };
  },
});

async function storeOf({ keep }: MailLocalCommandValues, reactor: Reactor): Promise<MailStore | undefined> {
  if (keep === undefined) return undefined;
  try {
    await makeNamedFolder(reactor, keep);
    const store = maildirMail(reactor, keep);
    await store.account("local");
    return store;
  } catch (error) {
    if (!(error instanceof FileError) && !(error instanceof MailStoreError)) throw error;
    throw new UsageError(`cannot keep messages in ${quote(keep)}: ${fileFault(error)}`, { cause: error });
  }
}

type Places = Readonly<Record<keyof typeof defaultPorts, readonly string[]>>;

function placesOf(given: MailLocalCommandValues): Places {
  requireSense(given);
  const at = (name: keyof typeof defaultPorts): readonly string[] => {
    if (given[name].includes("none")) return [];
    const named = given[name].length > 0 ? given[name] : [`tcp:${defaultPorts[name]}:interface=127.0.0.1`];
    return named.map((endpoint) => endpointWithCertificate(endpoint, given));
  };
  return { smtp: at("smtp"), web: at("web"), pop3: at("pop3"), imap: at("imap") };
}

function requireSense(given: MailLocalCommandValues): void {
  for (const name of Object.keys(defaultPorts) as (keyof typeof defaultPorts)[])
    if (given[name].includes("none") && given[name].length > 1)
      throw new UsageError(`--${name} none does not go with another --${name}`);
  if (given.releaseTo !== undefined) requireEndpoint(given.releaseTo);
  if (given.tlsKey.length > 0 && given.tlsCert.length === 0) throw new UsageError("--tls-key needs --tls-cert");
}

function requireEndpoint(text: string): void {
  try {
    parseEndpoint(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new UsageError(error.message.split("\n", 1)[0]!, { cause: error });
  }
}

async function certificatesOf({ tlsCert, tlsKey }: MailLocalCommandValues) {
  if (tlsCert.length === 0) return undefined;
  const { certificateFiles } = await import("@hawser/core/node");
  return certificateFiles({ cert: tlsCert, key: tlsKey.length > 0 ? tlsKey : undefined, reload: true });
}

function tellWhere({ urls, webUrl, pop3Url, imapUrl }: MailLocal, print: (line: string) => void): void {
  for (const url of urls) print(`listening on ${url}`);
  if (webUrl !== "") print(`look at ${webUrl}`);
  const readers = [imapUrl !== "" && "IMAP", pop3Url !== "" && "POP3"].filter((one) => one !== false);
  if (readers.length > 0) print(`${readers.join(" and ")} let everybody in, by any password`);
}

function tellOfMail(local: MailLocal, isPedantic: boolean, print: (line: string) => void): void {
  local.onChange((change) => {
    if (change.type !== "added") return;
    for (const message of change.messages) {
      print(lineOf(message));
      if (isPedantic && message.complaintCount > 0) void tellComplaints(local, message.id, print);
    }
  });
}

/** It may be gone by now: then nobody wants to know. */
async function tellComplaints(local: MailLocal, id: number, print: (line: string) => void): Promise<void> {
  const message = await local.message(id).catch(() => undefined);
  for (const { level, section, text, line } of message?.complaints ?? [])
    if (level !== "advice") print(harmless(`  ${section}: ${text}${line === undefined ? "" : ` (line ${line})`}`));
}

function lineOf({ id, subject, recipients, complaintCount, isRefused }: MailLocalSummary): string {
  const to = recipients.length > 2 ? `${recipients[0]} and ${recipients.length - 1} others` : recipients.join(" and ");
  const complaints =
    complaintCount === 1 ? ", 1 complaint" : complaintCount > 1 ? `, ${complaintCount} complaints` : "";
  const text = `message ${id} to ${to || "nobody"}: ${subject || "(no subject)"}${complaints}${isRefused ? ", refused" : ""}`;
  return harmless(text);
}

/** What came from strangers is shown without control characters: a terminal obeys them. */
function harmless(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "�").slice(0, 300);
}
