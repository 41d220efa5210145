import type { MailTransport, MailTransportResult, QueuedRecipient } from "../queue.ts";
import { domainOf } from "./mx.ts";

/**
 * Sends each address by the transport that is chosen for it:
 *
 * ```ts no-run
 * const transport = chooseMailTransport((domain) => (domain === "example.org" ? local : internet));
 * ```
 * @param choose gets the domain in lower case, or nothing where there is none, and the whole address
 */
export function chooseMailTransport(choose: (domain: string, address: string) => MailTransport): MailTransport {
  const chosen = (address: string): MailTransport => choose(domainOf(address), address);
  return {
    destination: (address) => chosen(address).destination(address),
    async deliver(consignment) {
      const groups = new Map<MailTransport, QueuedRecipient[]>();
      for (const recipient of consignment.recipients) {
        const transport = chosen(recipient.address);
        groups.set(transport, [...(groups.get(transport) ?? []), recipient]);
      }
      const [[transport] = []] = groups;
      if (groups.size === 1) return transport!.deliver(consignment);
      const results = new Map<QueuedRecipient, MailTransportResult>();
      const deliver = async ([one, recipients]: readonly [
        MailTransport,
        readonly QueuedRecipient[],
      ]): Promise<void> => {
        const told = await one.deliver({ ...consignment, recipients }).catch((error: unknown) => [thrown(error)]);
        for (const [i, recipient] of recipients.entries()) results.set(recipient, told[i] ?? told[0]!);
      };
      await Promise.all([...groups].map(deliver));
      return consignment.recipients.map((recipient) => results.get(recipient)!);
    },
  };
}

/** What one transport throws is not the others' matter. */
function thrown(error: unknown): MailTransportResult {
  return { outcome: "deferred", status: "4.3.0", text: error instanceof Error ? error.message : String(error) };
}
