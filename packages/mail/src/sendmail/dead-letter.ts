import { quote } from "@hawser/core/protocol";
import { formatMailDate } from "@hawser/mime";
import type { GiveBackContext, SendmailFailure } from "./given-back.ts";

/** Puts a message behind those that are there, as a mailbox file has them (RFC 4155). */
export async function keepDeadLetter(
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
