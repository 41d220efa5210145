import type { Reactor } from "@hawser/core";
import { mailDnsLists } from "../domain/policies/dns-lists.ts";
import { mailGreylist } from "../domain/policies/greylist.ts";
import { type MailGreylistFile, mailGreylistFile } from "../domain/policies/greylist-store.ts";
import { mailPeerChecks } from "../domain/policies/peer-checks.ts";
import type { MailPolicy } from "../domain/policies/policy.ts";
import { type MailRateLimit, mailRateLimits } from "../domain/policies/rate-limits.ts";
import { mailRecipientLimits } from "../domain/policies/recipient-limits.ts";
import type { DnsLookups } from "../sender/lookups/lookups.ts";
import type { MailCommandValues } from "./options.ts";

/** What policies stand on. */
export interface DomainPoliciesParts {
  readonly reactor: Reactor;
  readonly lookups: DnsLookups;
  readonly hostname: string;
  /** Opens the folder of the greylist, as soon as it may be written to. */
  folder(): Promise<string>;
}

type Given = Pick<
  MailCommandValues,
  "dnsbl" | "domain" | "greylist" | "noSenderChecks" | "peerMessagesHourly" | "userRecipientsHourly"
>;

/** Who may bring mail, and how much, as the options say; the cheapest are asked first. */
export class DomainPolicies implements AsyncDisposable {
  readonly all: readonly MailPolicy[];
  readonly #parts: DomainPoliciesParts;
  #greylist: Promise<MailGreylistFile> | undefined;

  constructor(given: Given, parts: DomainPoliciesParts) {
    const { lookups, hostname } = parts;
    const { clock } = parts.reactor;
    this.#parts = parts;
    this.all = [
      mailRecipientLimits(),
      mailRateLimits({ clock, limits: rateLimits(given) }),
      mailPeerChecks({ lookups, ownNames: [hostname, ...given.domain.map(([name]) => name)] }),
      ...(given.dnsbl.length === 0 ? [] : [mailDnsLists({ lookups, clock, zones: zonesOf(given) })]),
      ...(given.greylist ? [this.#greylisting(given)] : []),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const file = await this.#greylist?.catch(() => undefined);
    await file?.[Symbol.asyncDispose]();
  }

  /** Remembers in a file, which a predecessor may still write to when we already listen. */
  #greylisting({ noSenderChecks }: Given): MailPolicy {
    const { reactor, lookups } = this.#parts;
    return mailGreylist({
      reactor,
      unlessSpfPasses: noSenderChecks ? undefined : lookups,
      store: {
        get: async (key) => (await this.#file()).get(key),
        set: async (key, entry) => (await this.#file()).set(key, entry),
      },
    });
  }

  #file(): Promise<MailGreylistFile> {
    this.#greylist ??= this.#open();
    return this.#greylist;
  }

  async #open(): Promise<MailGreylistFile> {
    const { folder, reactor } = this.#parts;
    return mailGreylistFile(`${await folder()}/greylist`, { reactor });
  }
}

function rateLimits({ peerMessagesHourly, userRecipientsHourly = userRecipientsDefault }: Given): MailRateLimit[] {
  const user: MailRateLimit = { per: "login", of: "recipients", count: userRecipientsHourly, periodMs: hourMs };
  if (peerMessagesHourly === undefined) return [user];
  return [user, { per: "network", of: "messages", count: peerMessagesHourly, periodMs: hourMs }];
}

function zonesOf({ dnsbl }: Given): readonly { readonly zone: string }[] {
  return dnsbl.map((zone) => ({ zone }));
}

const hourMs = 3_600_000;

/** Whoever has stolen a password sends tens of thousands; nobody who writes by hand comes near. */
const userRecipientsDefault = 1_000;
