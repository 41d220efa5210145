import type { Reactor } from "@hawser/core";
import type { DnsResolver } from "@hawser/dns";
import type { MailTransport } from "../queue/queue.ts";
import { mxTransport } from "../queue/transport/mx.ts";
import { smartHostTransport } from "../queue/transport/smart-host.ts";
import type { MailCommandValues } from "./options.ts";

/** What the way to others needs. */
export interface WayOutParts {
  readonly reactor: Reactor;
  /** What we call ourselves. */
  readonly name: string;
  readonly resolver: DnsResolver;
}

/** The way to everybody else: nowhere, by a smart host, or to the servers of each domain. */
export function wayOut(
  { localOnly, relay, relayUser: user, relayPassword: password }: MailCommandValues,
  parts: WayOutParts,
): Partial<AsyncDisposable> & MailTransport {
  if (localOnly) return nowhere;
  if (relay === undefined) return mxTransport(parts);
  const login = user === undefined || password === undefined ? undefined : { user, password };
  return smartHostTransport({ ...parts, via: relay, login });
}

/** Where nothing is sent elsewhere, aliases may lead there all the same: their senders hear of it. */
const nowhere: MailTransport = {
  destination: () => "nowhere",
  deliver: async ({ recipients }) =>
    recipients.map(() => ({ outcome: "failed", status: "5.7.1", text: "This server sends nothing elsewhere" })),
};
