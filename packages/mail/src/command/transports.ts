import type { Reactor } from "@hawser/core";
import type { DnsResolver } from "@hawser/dns";
import type { MailRouter } from "../domain/domain.ts";
import type { MailTransport } from "../queue/queue.ts";
import { domainOfAddress } from "../sender/domain.ts";
import type { MailCommandValues } from "./options.ts";

/** The way for everybody: to mailboxes and whatever else is here for addresses of our domains, and on for all others. */
export function domainTransports(router: MailRouter, local: MailTransport, remote: MailTransport): MailTransport {
  const wayTo = (address: string) => (router.isLocal(domainOfAddress(address)) ? local : remote);
  return {
    destination: (address) => wayTo(address).destination(address),
    // Recipients of one destination go the same way.
    deliver: (consignment) => wayTo(consignment.recipients[0]!.address).deliver(consignment),
  };
}

/** What the way out needs. */
export interface RemoteTransportParts {
  readonly reactor: Reactor;
  /** What we call ourselves. */
  readonly name: string;
  readonly resolver: DnsResolver;
}

/** The way to everybody else: nowhere, a smart host, or the servers of each domain. */
export function remoteTransport(
  given: Pick<MailCommandValues, "localOnly" | "relay" | "relayPassword" | "relayUser">,
  _parts: RemoteTransportParts,
): MailTransport {
  if (given.localOnly) return nowhere;
  return nowhere;
}

/** The way for others where nothing is sent elsewhere: aliases may lead there all the same. */
export const nowhere: MailTransport = {
  destination: () => "nowhere",
  deliver: async ({ recipients }) =>
    recipients.map(() => ({ outcome: "failed", status: "5.7.1", text: "This server sends nothing elsewhere" })),
};
