import type { Address } from "@hawser/core";
import { formatMailDate } from "@hawser/mime";
import type { SmtpEnvelope, SmtpSession } from "../backend.ts";
import type { SmtpKind } from "../words.ts";

/** What a Received field tells of a message. */
export interface ReceivedFacts {
  readonly kind: SmtpKind;
  /** Our name. */
  readonly by: string;
  /** The message's own name. */
  readonly id: string;
  readonly session: SmtpSession;
  readonly envelope: SmtpEnvelope;
}

/**
 * The Received field of a message that came now (RFC 5321 §4.4): who said what it was, where it really is, by which protocol.
 * The recipient is named only when there is one, so that none learns of the others (RFC 5321 §7.2).
 */
export function receivedField({ kind, by, id, session, envelope }: ReceivedFacts): string {
  const { hello = "unknown", peer, peerName, security, reactor } = session;
  const [to] = envelope.to;
  const isUtf8 = envelope.parameters.utf8 === true;
  const from = `from ${printable(hello, isUtf8)} (${peerName === undefined ? "" : `${printable(peerName, isUtf8)} `}${literal(peer)})`;
  const tls =
    security === undefined ? "" : ` (${printable(security.version, false)} ${printable(security.cipher, false)})`;
  const recipient = to !== undefined && envelope.to.length === 1 ? `\r\n\tfor <${to.address}>` : "";
  const date = dateOf(reactor.clock.wall());
  const protocol = receivedProtocol(kind, session, isUtf8);
  return `Received: ${from}\r\n\tby ${by} with ${protocol} id ${id}${tls}${recipient};\r\n\t${date}\r\n`;
}

let lastSecond = Number.NaN;
let lastDate = "";

/** Fields of the same second have the same date. */
function dateOf(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = formatMailDate({ epochMs: second * 1_000, offsetMinutes: 0 });
  }
  return lastDate;
}

/** The protocol as RFC 3848 and RFC 6531 §4.3 name it: `ESMTPSA`, `UTF8LMTP`, … */
function receivedProtocol(kind: SmtpKind, session: SmtpSession, isUtf8: boolean): string {
  const suffix = `${session.security === undefined ? "" : "S"}${session.login === undefined ? "" : "A"}`;
  if (isUtf8) return `UTF8${kind.toUpperCase()}${suffix}`;
  if (kind === "lmtp") return `LMTP${suffix}`;
  return session.isExtended ? `ESMTP${suffix}` : "SMTP";
}

function literal(address: Address): string {
  if (address.family === "ipv4") return `[${address.host}]`;
  return address.family === "ipv6" ? `[IPv6:${address.host}]` : "[local]";
}

/** What the client chose may not end the comment, the field or the line it stands in. */
function printable(text: string, isUtf8: boolean): string {
  return text.replace(isUtf8 ? /[\x00-\x20()\\\x7f]/g : /[^!-'*-[\]-~]/g, "?");
}
