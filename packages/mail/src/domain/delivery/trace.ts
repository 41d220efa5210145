import { quote } from "@hawser/core";
import { formatMailDate, type MailField, MailHeader } from "@hawser/mime";
import { smtpReject } from "../../smtp/errors.ts";
import { mailAddressOf, mailAddressParts, mailDomainKey, mailLocalKey } from "../names.ts";

/** Times that a message was received before it is taken for one that goes in a circle (RFC 5321 §6.3). */
export const mailHopsMaxDefault = 100;

/** An address as it is compared to tell whether a message has been here before. */
export function mailLoopKey(address: string): string {
  const { local, domain } = mailAddressParts(address);
  return mailAddressOf(mailLocalKey(local), mailDomainKey(domain) ?? domain.toLowerCase());
}

/**
 * Refuses a message that has been delivered to this very address before (RFC 9228 §4), or was received too often.
 * @throws {SmtpReplyError} 554 5.4.6
 */
export function refuseLoops(header: MailHeader, address: string, hopsMax: number = mailHopsMaxDefault): void {
  const key = mailLoopKey(address);
  const isBack = header.all("delivered-to").some((one) => mailLoopKey(one.replace(/^<|>$/g, "")) === key);
  if (isBack) throw smtpReject("554 5.4.6 The message was delivered to this address before");
  if (header.all("received").length > hopsMax) throw smtpReject("554 5.4.6 The message goes in a circle");
}

/** What is written before a message when it has come to its end. */
export interface FinalTrace {
  /** The reverse-path; empty for none. */
  readonly from: string;
  /** Whom it was for, as the envelope had it. */
  readonly to: string;
  /** A `Received` field of our own, where none is there that tells of us. */
  readonly received?: string | undefined;
}

/** `Return-Path` (RFC 5321 §4.4), `Delivered-To` (RFC 9228), `Received`. Another `Return-Path` is not true here, and goes. */
export function tracedHeader(header: MailHeader, { from, to, received }: FinalTrace): MailHeader {
  const fields = [
    traceField("Return-Path", `<${from}>`),
    traceField("Delivered-To", to),
    ...(received === undefined ? [] : [{ name: "Received", octets: received }]),
  ];
  return new MailHeader([...fields, ...header.without("return-path").fields]);
}

/** An address in a field. It may not end its line: it came from a peer. */
export function traceField(name: string, text: string): MailField {
  if (/[\r\n\0]/.test(text)) throw new RangeError(`Cannot write ${quote(text)} into a field`);
  return { name, octets: Buffer.from(`${name}: ${text}\r\n`).toString("latin1") };
}

/** The field of a message that was in a queue of ours (RFC 5321 §4.4). */
export function queuedField(by: string, id: string, to: string, wall: number): string {
  const date = formatMailDate({ epochMs: wall, offsetMinutes: 0 });
  return Buffer.from(`Received: by ${by} id ${id}\r\n\tfor <${to}>; ${date}\r\n`).toString("latin1");
}

/** A header, the empty line, and a body. */
export async function* wholeMail(
  header: MailHeader,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.concat([header.toOctets(), emptyLine]);
  yield* body;
}

const emptyLine = Buffer.from("\r\n");
