import type { Portal } from "@hawser/auth";
import type { CommandContext, CommandLog, Reactor, StopOptions } from "@hawser/core";
import { type DnsResolver, dnsResolver } from "@hawser/dns";
import { localDelivery } from "../domain/delivery/local.ts";
import type { MailRouter } from "../domain/domain.ts";
import { mailRouter } from "../domain/router/router.ts";
import { mailDomain } from "../domain/service/mail-domain.ts";
import type { MailDomain } from "../domain/service/options.ts";
import { diskMailQueueStore } from "../queue/disk/store.ts";
import { mailQueue } from "../queue/mail-queue.ts";
import { resolverLookups } from "../sender/lookups/resolver-lookups.ts";
import type { MailStore } from "../store/store.ts";
import { type MailCertificates, mailCertificates } from "./certificates.ts";
import { localDomain } from "./local-only.ts";
import { type CommandAliases, readDkimKeys, readMailAliases, requireMailFiles } from "./files.ts";
import { mailEventLog } from "./log.ts";
import { domainMailboxes } from "./mailboxes.ts";
import { makeNamedFolder } from "./named-files.ts";
import type { MailCommandValues } from "./options.ts";
import { QueueLater } from "./queue-later.ts";
import { domainTransports } from "./transports.ts";
import { type MailUsers, mailUsers } from "./users.ts";

/** What the servers of `hawser mail` have in common. */
export interface MailParts {
  readonly hostname: string;
  readonly domain: MailDomain;
  readonly portal: Portal;
  readonly certificates: MailCertificates | undefined;
  /** Makes the folders, and lets the queue run. Until then nothing is written. */
  begin(): Promise<void>;
  /** Reads aliases and certificates again. @throws {MailAliasError | ConnectionError} for the first that cannot be read */
  reload(): Promise<void>;
  /** Lets attempts of the queue end, then lets go of everything. */
  close(how?: StopOptions): Promise<void>;
}
