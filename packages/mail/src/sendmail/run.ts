import { SendmailDesk } from "./desk.ts";
import { SendmailExit } from "./exit.ts";
import { sendmailErrorOf } from "./failure.ts";
import { sendmailLimits } from "./limits.ts";
import { printableLine } from "./printable.ts";
import type { SendmailRequest } from "./request.ts";
import { submitMail } from "./submit.ts";
import type { SendmailSystem } from "./system.ts";
import { parseSendmailWords } from "./words.ts";

/**
 * Does what the words of `sendmail` say, and gives the exit status: one of {@link SendmailExit}. It never throws; what goes
 * wrong before anybody knows how it shall be told is told on standard error.
 */
export async function runSendmail(words: readonly string[], system: SendmailSystem): Promise<number> {
  try {
    const request = parseSendmailWords(words);
    await using desk = new SendmailDesk(system, { ...sendmailLimits, ...system.limits });
    return await run(request, desk);
  } catch (error) {
    const { status, code, message } = sendmailErrorOf(error);
    const detail = code === "software" && error instanceof Error ? (error.stack ?? message) : printableLine(message);
    system.complain(`sendmail: ${detail}`);
    return status;
  }
}

/** What is seldom wanted is loaded when it is. */
async function run(request: SendmailRequest, desk: SendmailDesk): Promise<number> {
  switch (request.mode) {
    case "submit":
      return submitMail(request, desk);
    case "smtp":
      return (await import("./session.ts")).serveSession(request, desk, await desk.system.connection());
    case "list":
      return printQueue(desk);
    case "flush":
      return flushQueue(request, desk);
    case "verify":
      return (await import("./verify.ts")).verifyAddresses(request, desk);
    case "aliases":
      return SendmailExit.ok; // files of aliases are read as they are, and again when they change
    default:
      return request.mode satisfies never;
  }
}

/** Where mail goes to a relay at once, none waits. */
async function printQueue(desk: SendmailDesk): Promise<number> {
  const { queue } = await desk.open();
  const { formatMailq } = await import("./queue-list.ts");
  for (const line of formatMailq((await queue?.list()) ?? [])) desk.system.print(line);
  return SendmailExit.ok;
}

async function flushQueue({ flushId, flushDomain, isVerbose }: SendmailRequest, desk: SendmailDesk): Promise<number> {
  const { queue } = await desk.open();
  const count = (await queue?.flush({ id: flushId, domain: flushDomain })) ?? 0;
  if (isVerbose) desk.system.print(`${count} message${count === 1 ? "" : "s"} to be tried now`);
  return SendmailExit.ok;
}
