import { type IpNetwork, networkHolds, parseIp } from "@hawser/core";
import type { MailHeader } from "@hawser/mime";
import type { SmtpEnvelope, SmtpSession } from "../../smtp/backend.ts";

/** A message that comes now, looked at while its body passes. */
export interface MailArrival {
  /** Takes a piece of the body. */
  receive(chunk: Uint8Array): void;
  /** The body is over: the header as it is to be kept. @throws {SmtpReplyError} for a message that is not taken */
  finish(): Promise<ArrivedHeader>;
}

/** The header of a message that is taken. */
export interface ArrivedHeader {
  readonly header: MailHeader;
  readonly isJunk: boolean;
}

/** Who brings a message, and what is on its outside. */
export interface MailArrivalFacts {
  readonly header: MailHeader;
  readonly envelope: SmtpEnvelope;
  readonly session: SmtpSession;
}

/** A message that is taken as it comes. */
export function plainArrival(header: MailHeader, isJunk: boolean): MailArrival {
  return { receive() {}, finish: async () => ({ header, isJunk }) };
}

/** The address of a peer that has one on a network. */
export function peerIp({ peer }: SmtpSession): string | undefined {
  return peer.family === "ipv4" || peer.family === "ipv6" ? peer.host : undefined;
}

/** Whether a peer belongs to one of some networks. */
export function isPeerWithin(networks: readonly IpNetwork[], session: SmtpSession): boolean {
  const octets = parseIp(peerIp(session) ?? "");
  return octets !== undefined && networks.some((network) => networkHolds(network, octets));
}
