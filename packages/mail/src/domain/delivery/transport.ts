import type { MailTransport } from "../../queue/queue.ts";
import type { MailRouter } from "../domain.ts";
import { mailAddressParts } from "../names.ts";

/** The ways out of a domain's queue. */
export interface MailDomainTransportOptions {
  readonly router: MailRouter;
  /** For our domains: {@link localDelivery}. */
  readonly local: MailTransport;
  /** For all others: to the servers of each domain, or to a smart host. */
  readonly remote: MailTransport;
}

/** The one way out that a queue needs: here, or elsewhere. */
export function mailDomainTransport({ router, local, remote }: MailDomainTransportOptions): MailTransport {
  const wayFor = (address: string): MailTransport => {
    const { domain } = mailAddressParts(address);
    return domain === "" || router.isLocal(domain) ? local : remote;
  };
  return {
    destination: (address) => wayFor(address).destination(address),
    deliver: (consignment) => wayFor(consignment.recipients[0]!.address).deliver(consignment),
  };
}
