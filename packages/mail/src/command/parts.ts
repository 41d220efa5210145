import type { Portal } from "@hawser/auth";
import type { CommandContext, CommandLog, StopOptions } from "@hawser/core";
import { type DnsResolver, dnsResolver } from "@hawser/dns";
import { localDelivery } from "../domain/delivery/local.ts";
import type { MailRouter } from "../domain/domain.ts";
import { mailRouter } from "../domain/router/router.ts";
import { mailDomain } from "../domain/service/mail-domain.ts";
import type { MailDomain } from "../domain/service/options.ts";
import { diskMailQueueStore } from "../queue/disk/store.ts";
import { mailQueueFolder } from "../queue/limits.ts";
import { mailQueue } from "../queue/mail-queue.ts";
import type { MailTransport } from "../queue/queue.ts";
import { chooseMailTransport } from "../queue/transport/choose.ts";
import type { DkimKey } from "../sender/dkim/keys.ts";
import { resolverLookups } from "../sender/lookups/resolver-lookups.ts";
import type { MailStore } from "../store/store.ts";
import { type MailCertificates, mailCertificates } from "./certificates.ts";
import { type CommandAliases, readDkimKeys, readMailAliases, requireMailFiles } from "./files.ts";
import { withinOurDomains } from "./local-only.ts";
import { MailLog } from "./log.ts";
import { type DomainMailboxes, domainMailboxes } from "./mailboxes.ts";
import { makeNamedFolder } from "./named-files.ts";
import type { MailCommandValues } from "./options.ts";
import { DomainPolicies } from "./policies.ts";
import { QueueLater } from "./queue-later.ts";
import { SenderRewriting } from "./sender-secret.ts";
import { type MailUsers, mailUsers } from "./users.ts";
import { wayOut } from "./way-out.ts";

/** What is read before a server starts. */
interface ReadParts {
  readonly aliases: CommandAliases;
  readonly keys: readonly DkimKey[];
  readonly certificates: MailCertificates | undefined;
  readonly log: CommandLog | undefined;
}

/** Reads the files that the options name, and makes of them what servers stand on. Nothing is written. @throws {UsageError} */
export async function openMailParts(given: MailCommandValues, context: CommandContext): Promise<MailParts> {
  const { reactor } = context;
  await requireMailFiles(given, reactor);
  const read = {
    aliases: await readMailAliases(given, reactor),
    keys: await readDkimKeys(given, reactor),
    certificates: await mailCertificates(given),
  };
  const log = given.log === undefined ? undefined : await context.openLog(given.log);
  try {
    return new MailParts(given, context, { ...read, log });
  } catch (error) {
    await log?.close();
    throw error;
  }
}

/** What the servers of `hawser mail` have in common. */
export class MailParts {
  readonly hostname: string;
  readonly domain: MailDomain;
  readonly certificates: MailCertificates | undefined;
  readonly #given: MailCommandValues;
  readonly #context: CommandContext;
  readonly #read: ReadParts;
  readonly #log: MailLog | undefined;
  readonly #mailboxes: DomainMailboxes;
  readonly #store: MailStore;
  readonly #users: MailUsers;
  readonly #router: MailRouter;
  readonly #resolver: DnsResolver;
  readonly #policies: DomainPolicies;
  readonly #wayOut: ReturnType<typeof wayOut>;
  readonly #queue = new QueueLater();
  readonly #senders = new SenderRewriting();

  /** @throws {UsageError} for users that cannot be read */
  constructor(given: MailCommandValues, context: CommandContext, read: ReadParts) {
    const { reactor } = context;
    const { quota, maxSize, nameServer } = given;
    this.#given = given;
    this.#context = context;
    this.#read = read;
    this.#log = read.log && new MailLog(read.log, reactor);
    this.hostname = given.hostname ?? `mail.${this.#names[0]}`;
    this.certificates = read.certificates;
    this.#mailboxes = domainMailboxes({ reactor, domains: given.domain, quotaOctets: quota, mailOctetsMax: maxSize });
    this.#store = this.#laterStore();
    this.#users = mailUsers(given.auth.length > 0 ? given.auth : context.users, {
      reactor,
      domains: this.#names,
      offersScram: given.scram,
      account: (user) => this.#store.account(user),
      hasMailbox: (address) => this.#mailboxes.has(address),
    });
    this.#router = this.#makeRouter();
    this.#resolver = dnsResolver({ reactor, servers: nameServer.length > 0 ? nameServer : undefined });
    this.#wayOut = wayOut(given, { reactor, name: this.hostname, resolver: this.#resolver });
    this.#policies = this.#makePolicies();
    this.domain = this.#makeDomain();
  }

  get portal(): Portal {
    return this.#users.portal;
  }

  /** Makes the folders, and lets the queue run. Until then nothing is written. */
  begin(): Promise<void> {
    return this.#queue.open(async () => {
      const { reactor } = this.#context;
      for (const [, folder] of this.#given.domain) await makeNamedFolder(reactor, folder);
      const folder = this.#queueFolder;
      await this.#senders.begin(await makeNamedFolder(reactor, folder), this.#names[0]!, reactor);
      return mailQueue({
        reactor,
        store: await diskMailQueueStore(reactor, folder),
        transport: this.#transport(),
        name: this.hostname,
        postmaster: `postmaster@${this.#names[0]}`,
        limits: this.#given.maxSize === undefined ? undefined : { messageOctetsMax: this.#given.maxSize },
        onEvent: this.#log?.event,
      });
    });
  }

  /** Reads aliases and certificates again. @throws {MailAliasError | ConnectionError} for the first that cannot be read */
  async reload(): Promise<void> {
    const tried = await Promise.allSettled([this.#read.aliases.reload(), this.certificates?.reload()]);
    for (const one of tried) if (one.status === "rejected") throw one.reason;
  }

  /** Lets attempts of the queue end, then lets go of everything. */
  async close(how?: StopOptions): Promise<void> {
    await this.#queue.stop(how);
    await this.#policies[Symbol.asyncDispose]();
    await this.#wayOut[Symbol.asyncDispose]?.();
    await this.portal.close();
    await this.#store[Symbol.asyncDispose]();
    await this.#resolver[Symbol.asyncDispose]();
    await this.#read.log?.close();
  }

  get #names(): readonly string[] {
    return this.#given.domain.map(([name]) => name);
  }

  get #queueFolder(): string {
    return this.#given.queue ?? mailQueueFolder;
  }

  /** Mailboxes, which lie in folders that are made when we begin. */
  #laterStore(): MailStore {
    return {
      account: async (user) => {
        await this.#queue.whenOpen();
        return this.#mailboxes.account(user);
      },
      [Symbol.asyncDispose]: () => this.#mailboxes[Symbol.asyncDispose](),
    };
  }

  /** The ways of what waits in the queue: to everything that is here, and elsewhere. */
  #transport(): MailTransport {
    const local = localDelivery({
      reactor: this.#context.reactor,
      name: this.hostname,
      router: this.#router,
      store: this.#store,
      queue: () => this.#queue,
      srs: this.#senders,
    });
    return chooseMailTransport((domain) => (this.#router.isLocal(domain) ? local : this.#wayOut));
  }

  #makePolicies(): DomainPolicies {
    return new DomainPolicies(this.#given, {
      reactor: this.#context.reactor,
      lookups: resolverLookups(this.#resolver),
      hostname: this.hostname,
      folder: async () => {
        await this.#queue.whenOpen();
        return this.#queueFolder;
      },
    });
  }

  #makeRouter(): MailRouter {
    const caught = new Map(this.#given.catchAll.map(([name, address]) => [name || this.#names[0]!, address]));
    return mailRouter({
      domains: [
        ...this.#names.map((name) => ({ name, catchAll: caught.get(name) })),
        ...this.#given.domainAlias.map(([name, aliasOf]) => ({ name, aliasOf })),
      ],
      hasUser: (user) => this.#users.has(user),
      aliases: this.#read.aliases,
      postmaster: this.#given.postmaster,
      srs: this.#senders,
    });
  }

  #makeDomain(): MailDomain {
    const { localOnly, noSenderChecks } = this.#given;
    const { reactor } = this.#context;
    const domain = mailDomain({
      reactor,
      name: this.hostname,
      router: this.#router,
      store: this.#store,
      queue: this.#queue,
      policies: this.#policies.all,
      senders: noSenderChecks ? undefined : { lookups: resolverLookups(this.#resolver) },
      relayFrom: this.#given.relayFrom,
      dkim: this.#read.keys,
    });
    const bounded = localOnly ? withinOurDomains(domain, this.#router) : domain;
    return this.#log?.watched(bounded) ?? bounded;
  }
}
