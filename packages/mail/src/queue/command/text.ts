import type { QueuedMail, QueuedRecipient } from "../queue.ts";

/** A queue as a table for people: a line for each message, below it whom it waits for and why. */
export function listLines(mails: readonly QueuedMail[], now: number): readonly string[] {
  if (mails.length === 0) return ["The queue is empty"];
  const octets = mails.reduce((sum, mail) => sum + mail.octets, 0);
  const head = ["ID".padEnd(idWidth), "SIZE".padStart(6), "AGE".padStart(5), "STATE".padEnd(stateWidth), "SENDER"].join(
    "  ",
  );
  const count = mails.length === 1 ? "1 message" : `${mails.length} messages`;
  return [head, ...mails.flatMap((mail) => mailLines(mail, now)), `${count}, ${sizeText(octets)}`];
}

function mailLines(mail: QueuedMail, now: number): readonly string[] {
  const { id, octets, submittedAt, from, to } = mail;
  const age = periodText(now - submittedAt).padStart(5);
  const line = [
    id.padEnd(idWidth),
    sizeText(octets).padStart(6),
    age,
    stateOf(mail, now).padEnd(stateWidth),
    senderText(from),
  ];
  let reason: string | undefined;
  const recipients = to.flatMap((one) => {
    const isNew = one.lastFailure !== undefined && one.lastFailure !== reason;
    reason = one.lastFailure;
    return [`${indent}${printable(one.address)}`, ...(isNew ? [`${indent}  ${printable(one.lastFailure!)}`] : [])];
  });
  return [line.join("  "), ...recipients];
}

/** One message, all that is known of it. */
export function showLines(mail: QueuedMail, now: number): readonly string[] {
  const { id, from, to, octets, submittedAt, body, utf8, ret, envid } = mail;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["Message", id],
    ["Sender", senderText(from)],
    ["State", stateOf(mail, now)],
    ["Came", `${dateText(submittedAt)} (${periodText(now - submittedAt)} ago)`],
    ["Size", `${octets} octets${body === undefined ? "" : `, ${body}`}${utf8 === true ? ", SMTPUTF8" : ""}`],
    ["Report", ret === undefined && envid === undefined ? undefined : [ret, envid].filter(Boolean).join(" ")],
  ];
  const shown = fields.filter(([, value]) => value !== undefined);
  return [
    ...shown.map(([name, value]) => `${`${name}:`.padEnd(9)} ${printable(value!)}`),
    ...to.flatMap((one) => recipientLines(one, now)),
  ];
}

function recipientLines(
  { address, notify, orcpt, attempts, lastFailure, nextAttemptAt }: QueuedRecipient,
  now: number,
): readonly string[] {
  const tried = attempts === 0 ? "not tried yet" : attempts === 1 ? "tried once" : `tried ${attempts} times`;
  const next = nextAttemptAt <= now ? "due now" : `again at ${dateText(nextAttemptAt)}`;
  return [
    `To:       ${printable(address)}`,
    `          ${tried}, ${next}`,
    ...(lastFailure === undefined ? [] : [`          ${printable(lastFailure)}`]),
    ...(notify === undefined ? [] : [`          reports: ${notify.join(", ") || "never"}`]),
    ...(orcpt === undefined ? [] : [`          at first for ${printable(orcpt)}`]),
  ];
}

function stateOf({ held, to }: QueuedMail, now: number): string {
  if (held) return "held";
  const next = Math.min(...to.map(({ nextAttemptAt }) => nextAttemptAt));
  return next <= now ? "due" : `in ${periodText(next - now)}`;
}

function senderText(from: string): string {
  return from === "" ? "<>" : printable(from);
}

/** `4 s`, `12 m`, `3 h`, `2 d`: as much as one needs to know. */
function periodText(ms: number): string {
  for (const [unit, length] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
  ] as const)
    if (ms >= length) return `${Math.floor(ms / length)} ${unit}`;
  return `${Math.max(0, Math.floor(ms / 1_000))} s`;
}

function sizeText(octets: number): string {
  for (const [unit, size] of [
    ["G", 2 ** 30],
    ["M", 2 ** 20],
    ["K", 2 ** 10],
  ] as const)
    if (octets >= size) return `${(octets / size).toFixed(octets >= 10 * size ? 0 : 1)} ${unit}`;
  return `${octets} B`;
}

function dateText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("T", " ").slice(0, 19);
}

/** What servers and senders said shall not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
}

const idWidth = 19;
const stateWidth = 8;
const indent = "  ";
