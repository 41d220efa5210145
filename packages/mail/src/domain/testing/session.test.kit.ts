import type { Reactor } from "@hawser/core";
import { ipAddress } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import type { SmtpRecipient, SmtpSession } from "../../smtp/backend.ts";
import { parseSmtpAddress, type SmtpAddress } from "../../smtp/wire/path.ts";

/** A session of a peer at an address, who may have logged in. */
export function sessionFrom(
  host: string,
  {
    user,
    hello = "client.example",
    reactor = memoryReactor(),
  }: { user?: string; hello?: string; reactor?: Reactor } = {},
): SmtpSession {
  const who = user === undefined ? undefined : { name: user, groups: [], attributes: {} };
  return {
    reactor,
    id: "1",
    peer: ipAddress(host, 1),
    local: ipAddress("192.0.2.25", 25),
    peerName: undefined,
    security: undefined,
    hello,
    isExtended: true,
    login: who && { user: who, avatar: who, logout: async () => {}, [Symbol.asyncDispose]: async () => {} },
    user: who,
    signal: new AbortController().signal,
  };
}

export function recipientOf(address: string): SmtpRecipient {
  return { ...parseSmtpAddress(address), parameters: {} };
}

export function senderOf(address: string): SmtpAddress | undefined {
  return address === "" ? undefined : parseSmtpAddress(address);
}
