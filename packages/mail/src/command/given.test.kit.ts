import type { MailCommandValues } from "./options.ts";
import { parseMailDomain } from "./spelling.ts";

/** The values of `hawser mail --domain example.org`, and of these options. */
export function givenMail(given: Partial<MailCommandValues>): MailCommandValues {
  return {
    domain: [parseMailDomain("example.org=mail")],
    domainAlias: [],
    auth: [],
    scram: false,
    smtp: [],
    submission: [],
    lmtp: [],
    pop3: [],
    imap: [],
    tlsCert: [],
    tlsKey: [],
    hostname: undefined,
    aliases: [],
    catchAll: [],
    postmaster: undefined,
    queue: undefined,
    relayFrom: [],
    relay: undefined,
    relayUser: undefined,
    relayPassword: undefined,
    localOnly: false,
    dkim: [],
    quota: undefined,
    maxSize: undefined,
    greylist: false,
    peerMessagesHourly: undefined,
    userRecipientsHourly: undefined,
    dnsbl: [],
    noSenderChecks: false,
    nameServer: [],
    connections: undefined,
    connectionsPerPeer: undefined,
    log: undefined,
    ...given,
  };
}
