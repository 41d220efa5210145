import type { Portal } from "@hawser/auth";
import { type Factory, limitConnections, limitPerPeer } from "@hawser/core";
import type { MailDomain } from "../domain/service/options.ts";
import { imapServer } from "../imap/server/server.ts";
import { pop3Server } from "../pop3/server.ts";
import { lmtpServer, type SmtpServerOptions, smtpServer, submissionServer } from "../smtp/server.ts";
import type { MailCertificates } from "./certificates.ts";
import type { MailCommandProtocol } from "./endpoints.ts";
import type { MailCommandValues } from "./options.ts";

/** What the servers of a mail domain serve. */
export interface MailFactoryParts {
  readonly hostname: string;
  readonly domain: MailDomain;
  readonly portal: Portal;
  readonly certificates: MailCertificates | undefined;
}

/** The server of each protocol. The limits on connections hold for all endpoints of a protocol together. */
export function mailFactories(
  { hostname, domain, portal, certificates }: MailFactoryParts,
  given: Pick<MailCommandValues, "connections" | "connectionsPerPeer" | "maxSize">,
): Readonly<Record<MailCommandProtocol, Factory>> {
  const tls = certificates?.tls;
  const { connections = connectionsDefault, connectionsPerPeer = connectionsPerPeerDefault, maxSize } = given;
  const limits = maxSize === undefined ? {} : { messageOctetsMax: maxSize };
  const smtp: SmtpServerOptions = { name: hostname, limits, tls };
  const maySendAs: SmtpServerOptions["maySendAs"] = (user, from) => domain.maySendAs(user, from);
  const limited = (factory: Factory) => limitConnections(connections, limitPerPeer(connectionsPerPeer, factory));
  return {
    smtp: limited(smtpServer(domain, smtp)),
    submission: limited(submissionServer(domain, { ...smtp, portal, maySendAs })),
    lmtp: limitConnections(connections, lmtpServer(domain.lmtp, smtp)),
    pop3: limited(pop3Server(portal, { tls, host: hostname })),
    imap: limited(imapServer(portal, { tls, appendOctetsMax: maxSize })),
  };
}

/** As many as Dovecot lets in at IMAP by default; Postfix has 100 processes. */
const connectionsDefault = 1_000;

/** As Postfix has it. Programs for IMAP open one for each folder that they look at. */
const connectionsPerPeerDefault = 50;
