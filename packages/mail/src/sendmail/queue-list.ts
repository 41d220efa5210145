import { formatMailDate } from "@hawser/mime";
import type { QueuedMail } from "../queue/queue.ts";
import { printableLine } from "./printable.ts";

/**
 * The queue as Postfix prints it, since programs read that: `!` behind the name of what is held; why it waits in brackets, over
 * whoever it waits for.
 */
export function formatMailq(mails: readonly QueuedMail[]): readonly string[] {
  if (mails.length === 0) return ["Mail queue is empty"];
  const octets = mails.reduce((sum, mail) => sum + mail.octets, 0);
  const kibibytes = Math.ceil(octets / 1024);
  return [
    `${"-Queue ID-".padEnd(nameWidth)}  --Size-- ---Arrival Time---- -Sender/Recipient-------`,
    ...mails.flatMap(rowsOf),
    `-- ${kibibytes} Kbytes in ${mails.length} Request${mails.length === 1 ? "" : "s"}.`,
  ];
}

function rowsOf({ id, held, octets, submittedAt, from, to }: QueuedMail): readonly string[] {
  const name = `${id}${held ? "!" : ""}`.padEnd(nameWidth);
  const sender = from === "" ? "MAILER-DAEMON" : from;
  const rows = [`${name} ${String(octets).padStart(8)} ${timeOf(submittedAt)}  ${printableLine(sender)}`];
  let reason: string | undefined;
  for (const { address, lastFailure } of to) {
    if (lastFailure !== undefined && lastFailure !== reason)
      rows.push(`${" ".repeat(nameWidth)} (${printableLine(lastFailure)})`);
    reason = lastFailure;
    rows.push(`${" ".repeat(nameWidth + 31)}${printableLine(address)}`);
  }
  return [...rows, ""];
}

/** `Thu Nov 26 12:00:00`, in UTC. */
function timeOf(epochMs: number): string {
  const [day, date, month, , time] = formatMailDate({ epochMs, offsetMinutes: 0 }).replace(",", "").split(" ");
  return `${day} ${month} ${date!.padStart(2)} ${time}`;
}

/** What a name and the mark behind it take. */
const nameWidth = 20;
