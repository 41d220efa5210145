import { quote } from "@hawser/core/protocol";
import { formatField, formatMailDate } from "@hawser/mime";
import type { NewQueuedMail } from "../queue/queue.ts";
import { SendmailExit } from "./exit.ts";
import type { SendmailHost } from "./identity.ts";
import type { SendmailLimits } from "./limits.ts";
import type { SendmailOutlet } from "./outlet.ts";
import type { SendmailErrorMode } from "./request.ts";
import type { SendmailSystem } from "./system.ts";

/** A message that did not go where it should, or not to all. */
export interface SendmailFailure {
  /** The exit status. */
  readonly status: number;
  /** What went wrong, a line each. */
  readonly lines: readonly string[];
  /** The message as far as it is known, lines ending with CRLF, one character an octet. */
  readonly message: string;
  /** Who hears of it. */
  readonly author: string;
}

/** What telling somebody takes. */
export interface GiveBackContext {
  readonly system: SendmailSystem;
  readonly host: SendmailHost;
  readonly limits: SendmailLimits;
  /** `undefined`: it could not be opened. */
  readonly outlet: SendmailOutlet | undefined;
}

/**
 * Tells of a failure as `-oe` says, and gives the exit status. What cannot be mailed is kept in `dead.letter` at home, and told
 * on standard error as well.
 */
export async function giveBack(
  failure: SendmailFailure,
  mode: SendmailErrorMode,
  context: GiveBackContext,
): Promise<number> {
  switch (mode) {
    case "quiet":
      break;
    case "print":
      complain(failure, context.system);
      break;
    case "write":
      if (!(await writeToTerminal(failure, context.system))) await mailOrKeep(failure, context);
      break;
    case "mail":
    case "mail-and-succeed":
      await mailOrKeep(failure, context);
      break;
    default:
      mode satisfies never;
  }
  return mode === "mail-and-succeed" ? SendmailExit.ok : failure.status;
}

function complain({ lines }: SendmailFailure, { complain: tell }: SendmailSystem): void {
  for (const line of lines) tell(`sendmail: ${line}`);
}

async function mailOrKeep(failure: SendmailFailure, context: GiveBackContext): Promise<void> {
  const { outlet, system, host } = context;
  try {
    if (outlet !== undefined) return void (await outlet.submit(reportOf(failure, system, host)));
  } catch {} // the first failure is the one to tell
  complain(failure, system);
  await keepDeadLetter(failure, context).catch((error: unknown) =>
    system.complain(
      `sendmail: the message could not be kept either: ${error instanceof Error ? error.message : quote(String(error))}`,
    ),
  );
}

/** The program of the system that writes to where people are logged in. False: there is none, or nobody is. */
async function writeToTerminal(
  { lines }: SendmailFailure,
  { reactor, user, signal }: SendmailSystem,
): Promise<boolean> {
  try {
    const child = await reactor.processes.spawn("/usr/bin/write", { arguments: [user.name], signal });
    child.transport.start({ data: () => {}, end: () => {}, closed: () => {} });
    child.transport.write(lines.map((line) => `sendmail: ${line}\n`).join(""));
    child.transport.end();
    return (await child.exited).status === 0;
  } catch {
    return false;
  }
}

/** A report for people, with the message or its header (RFC 3834 §3.1.7). */
function reportOf(
  { lines, message, author }: SendmailFailure,
  system: SendmailSystem,
  host: SendmailHost,
): NewQueuedMail {
  const { clock, random } = system.reactor;
  const boundary = `=_${Buffer.from(random.bytes(18)).toString("base64url")}`; // no line of the message begins with it, but by chance
  const isShort = message.length <= reportedOctetsMax;
  const header = [
    formatField("From", `Mail Delivery System <MAILER-DAEMON@${host.domain}>`),
    formatField("To", `<${author}>`),
    formatField("Subject", "Your message could not be sent"),
    formatField("Date", formatMailDate({ epochMs: clock.wall(), offsetMinutes: 0 })),
    formatField("Message-ID", `<${Buffer.from(random.bytes(12)).toString("hex")}@${host.hostName}>`),
    formatField("Auto-Submitted", "auto-replied"),
    formatField("MIME-Version", "1.0"),
    formatField("Content-Type", `multipart/mixed; boundary="${boundary}"`),
  ].join("");
  const text = `Your message could not be sent by ${host.hostName}:\r\n\r\n${lines.map((line) => `    ${line}\r\n`).join("")}`;
  const returned = isShort ? message : `${message.slice(0, reportedOctetsMax).split("\r\n\r\n", 1)[0]!}\r\n`;
  const type = isShort ? "message/rfc822" : "text/rfc822-headers";
  const content = [
    header,
    `\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`,
    Buffer.from(text).toString("latin1"),
    `\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`,
    returned,
    `\r\n--${boundary}--\r\n`,
  ];
  return { from: "", to: [{ address: author }], content: Buffer.from(content.join(""), "latin1") };
}

/** Puts a message behind those that are there, as a mailbox file has them (RFC 4155). */
async function keepDeadLetter(
  { message, author }: SendmailFailure,
  { system, limits }: GiveBackContext,
): Promise<void> {
  const { home } = system.user;
  if (home === undefined) throw new Error(`${quote(system.user.name)} has no folder`);
  const file = await system.reactor.files(home).open("dead.letter", { write: true, create: true, mode: 0o600 });
  try {
    const { octets } = await file.stat();
    const kept = Buffer.from(mboxEntry(message, author, system.reactor.clock.wall()), "latin1");
    if (octets + kept.length > limits.deadLetterOctetsMax) throw new Error("dead.letter has grown too large");
    await file.write(octets, kept);
    await file.sync();
  } finally {
    await file.close();
  }
  system.complain(`sendmail: the message was put into ${home}/dead.letter`);
}

function mboxEntry(message: string, author: string, now: number): string {
  const [day, date, month, year, time] = formatMailDate({ epochMs: now, offsetMinutes: 0 }).replace(",", "").split(" ");
  const lines = message.replaceAll("\r\n", "\n").replace(/^>*From /gm, ">$&");
  return `From ${author} ${day} ${month} ${date!.padStart(2)} ${time} ${year}\n${lines}\n`;
}

/** What a report brings back whole. */
const reportedOctetsMax = 262_144;
