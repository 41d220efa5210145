import { quote } from "@hawser/core/protocol";
import { keepDeadLetter } from "./dead-letter.ts";
import { SendmailExit } from "./exit.ts";
import type { GiveBackContext, SendmailFailure } from "./given-back.ts";
import { printableLine } from "./printable.ts";
import { failureReport } from "./report.ts";
import type { SendmailErrorMode } from "./request.ts";
import type { SendmailSystem } from "./system.ts";

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
  for (const line of lines) tell(`sendmail: ${printableLine(line)}`);
}

async function mailOrKeep(failure: SendmailFailure, context: GiveBackContext): Promise<void> {
  const { outlet, system, host } = context;
  try {
    if (outlet !== undefined) return void (await outlet.submit(failureReport(failure, system, host)));
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
    child.transport.write(lines.map((line) => `sendmail: ${printableLine(line)}\n`).join(""));
    child.transport.end();
    return (await child.exited).status === 0;
  } catch {
    return false;
  }
}
