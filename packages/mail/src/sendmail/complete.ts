import type { Reactor } from "@hawser/core/protocol";
import { fieldBody, formatField, formatMailAddress, formatMailDate, type MailField, parseMailbox } from "@hawser/mime";
import { fieldAddresses, qualifiedField } from "./addresses.ts";
import { SendmailError } from "./errors.ts";
import type { SplitMessage } from "./split.ts";

/** Who sends, from where, and when: what a message is completed with. */
export interface SendmailOrigin {
  /** The address of whoever called us: `alice@example.org`. */
  readonly author: string;
  /** What people call them. */
  readonly fullName: string;
  /** The name of this host. */
  readonly hostName: string;
  /** What is put behind addresses that have no domain. */
  readonly domain: string;
  readonly uid: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Pick<Reactor["random"], "bytes">;
  readonly hopsMax: number;
}

/**
 * Makes a message of what a program has written: without Bcc, and with the fields that each must have (RFC 5322 §3.6), addresses
 * in it with their domains. One that is sent again gets the `Resent-` fields instead (RFC 5322 §3.6.6). One from elsewhere
 * (`isGateway`) only loses Bcc. One character stands for each octet.
 * @throws {SendmailError} `unavailable` for a message that goes in a circle, `data` for an address that is none
 */
export function completeMessage(
  { fields, body }: SplitMessage,
  origin: SendmailOrigin,
  isGateway: boolean = false,
): string {
  refuseCircle(fields, origin.hopsMax);
  const kept = fields.filter(({ name }) => !dropped.has(name.toLowerCase()));
  const whole = isGateway ? kept : kept.map((field) => qualifiedAddresses(field, origin.domain));
  const missing = isGateway ? [] : missingFields(whole, origin);
  const header = [receivedField(origin), ...missing, ...whole.map(({ octets }) => octets)].join("");
  return `${header}\r\n${body}`;
}

/**
 * For whom a message is, by its header: the addresses of To, Cc and Bcc; of one that is sent again, those of the newest
 * `Resent-` fields (RFC 5322 §3.6.6). Each once.
 * @throws {SendmailError} `data` for an address that is none
 */
export function headerRecipients({ fields }: Pick<SplitMessage, "fields">, domain: string): readonly string[] {
  const resent = newestResent(fields);
  const names = resent.some(({ name }) => isRecipients(name.slice("Resent-".length))) ? resent : fields;
  const prefix = names === resent ? "Resent-" : "";
  const bodies = names.filter(({ name }) => isRecipientsOf(name, prefix)).map(fieldBody);
  return [...new Set(bodies.flatMap((one) => fieldAddresses(one, domain)))];
}

/** Its fields stand together above what is older: until one comes twice, or one of a server that passed it on. */
function newestResent(fields: readonly MailField[]): readonly MailField[] {
  const newest = new Map<string, MailField>();
  for (const field of fields) {
    const name = field.name.toLowerCase();
    if (newest.size > 0 && (name === "received" || name === "return-path")) break;
    if (!name.startsWith("resent-")) continue;
    if (newest.has(name)) break;
    newest.set(name, field);
  }
  return [...newest.values()];
}

function isRecipientsOf(name: string, prefix: string): boolean {
  return name.toLowerCase().startsWith(prefix.toLowerCase()) && isRecipients(name.slice(prefix.length));
}

function isRecipients(name: string): boolean {
  return ["to", "cc", "bcc"].includes(name.toLowerCase());
}

function missingFields(fields: readonly MailField[], origin: SendmailOrigin): readonly string[] {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()));
  const prefix = newestResent(fields).length > 0 ? "Resent-" : "";
  const wanted = { "Message-ID": messageId, Date: dateOf, From: authorOf };
  return Object.entries(wanted)
    .map(([name, bodyOf]) => [`${prefix}${name}`, bodyOf] as const)
    .filter(([name]) => !names.has(name.toLowerCase()))
    .map(([name, bodyOf]) => formatField(name, bodyOf(origin)));
}

function dateOf({ now }: SendmailOrigin): string {
  return formatMailDate({ epochMs: now, offsetMinutes: 0 });
}

function authorOf({ author, fullName }: SendmailOrigin): string {
  return formatMailAddress({ ...parseMailbox(author), ...(fullName !== "" && { name: fullName }) });
}

function messageId({ hostName, random, now }: SendmailOrigin): string {
  return `<${now.toString(36)}.${Buffer.from(random.bytes(12)).toString("hex")}@${hostName}>`;
}

/** The first field of each message (RFC 5321 §4.4): who gave it to us, by number, as Postfix tells it. */
function receivedField(origin: SendmailOrigin): string {
  return `Received: by ${origin.hostName} (Hawser, from user ${origin.uid});\r\n\t${dateOf(origin)}\r\n`;
}

function qualifiedAddresses(field: MailField, domain: string): MailField {
  if (!withAddresses.has(field.name.toLowerCase())) return field;
  const body = qualifiedField(fieldBody(field), domain);
  return body === undefined ? field : { name: field.name, octets: formatField(field.name, body) };
}

function refuseCircle(fields: readonly MailField[], hopsMax: number): void {
  const hops = fields.filter(({ name }) => name.toLowerCase() === "received").length;
  if (hops > hopsMax)
    throw new SendmailError("unavailable", `Cannot send the message: it goes in a circle, ${hops} servers had it`);
}

/** Not for those who get it (RFC 5322 §3.6.3), put in by the last server alone (RFC 5321 §4.4), or wrong when lines end otherwise. */
const dropped: ReadonlySet<string> = new Set(["bcc", "content-length", "resent-bcc", "return-path"]);

const withAddresses: ReadonlySet<string> = new Set(
  ["from", "sender", "reply-to", "to", "cc"].flatMap((name) => [name, `resent-${name}`]),
);
