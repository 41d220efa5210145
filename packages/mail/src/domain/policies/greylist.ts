import { createHash } from "node:crypto";
import type { Reactor } from "@hawser/core";
import type { DnsLookups } from "../../sender/lookups/lookups.ts";
import { checkSpf } from "../../sender/spf/check-host.ts";
import type { SmtpRecipient, SmtpSession, SmtpVerdict } from "../../smtp/backend.ts";
import { type SmtpReplyError, smtpAccept, smtpReject } from "../../smtp/errors.ts";
import type { SmtpAddress } from "../../smtp/wire/path.ts";
import { mailLocalKey } from "../names.ts";
import { peerIp } from "../service/arrival.ts";
import { type MailGreylistStore, memoryGreylistStore } from "./greylist-store.ts";
import { type MailPolicyOptions, MailPolicyScope, networkOf } from "./peer.ts";
import type { MailPolicy } from "./policy.ts";

/** How strangers are put off. */
export interface MailGreylistOptions extends MailPolicyOptions {
  readonly reactor: Pick<Reactor, "clock">;
  /** What is remembered. Default: in memory, which a restart forgets. */
  readonly store?: MailGreylistStore | undefined;
  /** How long somebody must wait. Default 300,000 ms: retries come after 5 to 30 minutes (RFC 6647 §4.2). */
  readonly delayMs?: number | undefined;
  /** How long somebody may take to come again. Default 2 days. */
  readonly retryMs?: number | undefined;
  /** For how long somebody is known who has come again. Default 36 days, so that monthly mail is not put off. */
  readonly lifetimeMs?: number | undefined;
  /** So many senders or recipients that came again make a network one that is not asked any more. Default 5; 0: never. */
  readonly knownAfter?: number | undefined;
  /** Whoever SPF says may send for the domain is let in at once. Default: nobody. */
  readonly unlessSpfPasses?: DnsLookups | undefined;
  /** Addresses that count as one, as large senders retry from others. Default 24. */
  readonly ipv4Bits?: number | undefined;
  /** Default 64. */
  readonly ipv6Bits?: number | undefined;
}

/**
 * Puts off who is not known, once: a server comes again, most programs that send spam do not (RFC 6647). Network, sender and
 * recipient together are somebody. Whoever has logged in, or writes to `postmaster` or `abuse`, is never put off.
 */
export function mailGreylist(options: MailGreylistOptions): MailPolicy {
  const greylist = new Greylist(options);
  return { recipient: (to, session, from) => greylist.judge(to, session, from) };
}

class Greylist {
  readonly #options: MailGreylistOptions;
  readonly #store: MailGreylistStore;
  readonly #scope: MailPolicyScope;
  readonly #later: SmtpReplyError;
  readonly #delayMs: number;
  readonly #lifetimeMs: number;
  /** What SPF said of the sender that a session has named last. */
  readonly #spf = new WeakMap<SmtpSession, { readonly from: string; readonly passes: Promise<boolean> }>();

  constructor(options: MailGreylistOptions) {
    this.#options = options;
    this.#store = options.store ?? memoryGreylistStore();
    this.#scope = new MailPolicyScope(options);
    this.#delayMs = options.delayMs ?? 300_000;
    this.#lifetimeMs = options.lifetimeMs ?? 36 * dayMs;
    const seconds = Math.ceil(this.#delayMs / 1_000);
    this.#later = smtpReject(`451 4.7.1 We do not know you yet, come again in ${seconds} seconds`);
  }

  async judge(to: SmtpRecipient, session: SmtpSession, from: SmtpAddress | undefined): Promise<SmtpVerdict> {
    const peer = this.#scope.peerFor(to, session);
    if (peer === undefined) return smtpAccept;
    const { ipv4Bits = 24, ipv6Bits = 64 } = this.#options;
    const network = networkOf(peer, { ipv4Bits, ipv6Bits });
    const triplet = keyOf("triplet", network, senderKey(from), `${mailLocalKey(to.local)}@${to.domain.toLowerCase()}`);
    if (await this.#isKnownNetwork(network)) return smtpAccept;
    if (await this.#isKnown(triplet, network)) return smtpAccept;
    return (await this.#passesSpf(session, from)) ? smtpAccept : this.#later;
  }

  async #isKnownNetwork(network: string): Promise<boolean> {
    const { knownAfter = 5 } = this.#options;
    if (knownAfter === 0) return false;
    const now = this.#options.reactor.clock.wall();
    const key = keyOf("network", network);
    const entry = await this.#store.get(key);
    if (entry === undefined || entry.passes < knownAfter || now - entry.lastAt > this.#lifetimeMs) return false;
    // Written down once in a while is enough to keep it.
    if (now - entry.lastAt > dayMs) await this.#store.set(key, { ...entry, lastAt: now });
    return true;
  }

  async #isKnown(key: string, network: string): Promise<boolean> {
    const { clock } = this.#options.reactor;
    const { retryMs = 2 * dayMs } = this.#options;
    const now = clock.wall();
    const entry = await this.#store.get(key);
    const isOver = entry !== undefined && now - entry.lastAt > (entry.passes > 0 ? this.#lifetimeMs : retryMs);
    if (entry === undefined || isOver || entry.firstAt > now) {
      await this.#store.set(key, { firstAt: now, lastAt: now, passes: 0 });
      return false;
    }
    if (now - entry.firstAt < this.#delayMs) return false;
    if (entry.passes === 0) await this.#countNetwork(network, now);
    if (entry.passes === 0 || now - entry.lastAt > dayMs)
      await this.#store.set(key, { ...entry, lastAt: now, passes: entry.passes + 1 });
    return true;
  }

  async #countNetwork(network: string, now: number): Promise<void> {
    const key = keyOf("network", network);
    const entry = await this.#store.get(key);
    const isFresh = entry !== undefined && now - entry.lastAt <= this.#lifetimeMs;
    const { firstAt, passes } = isFresh ? entry : { firstAt: now, passes: 0 };
    await this.#store.set(key, { firstAt, lastAt: now, passes: passes + 1 });
  }

  #passesSpf(session: SmtpSession, from: SmtpAddress | undefined): boolean | Promise<boolean> {
    const { unlessSpfPasses: lookups } = this.#options;
    if (lookups === undefined || from === undefined) return false;
    const known = this.#spf.get(session);
    if (known?.from === from.address) return known.passes;
    const passes = this.#askSpf(session, from, lookups);
    this.#spf.set(session, { from: from.address, passes });
    return passes;
  }

  async #askSpf(session: SmtpSession, { address }: SmtpAddress, lookups: DnsLookups): Promise<boolean> {
    const { clock } = this.#options.reactor;
    const check = { peer: peerIp(session)!, helo: session.hello ?? "unknown", mailFrom: address };
    const { result } = await checkSpf(check, { lookups, clock, signal: session.signal });
    return result === "pass";
  }
}

/** A sender without what changes from message to message: tags, numbers of lists (VERP), keys (BATV). */
function senderKey(from: SmtpAddress | undefined): string {
  if (from === undefined) return "";
  const local = mailLocalKey(from.local)
    .replace(/^prvs=[^=]*=/, "")
    .replace(/\+.*$/s, "")
    .replace(/\d+/g, "#");
  return `${local}@${from.domain.toLowerCase()}`;
}

/** So that nothing that is kept tells who writes to whom. */
function keyOf(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

const dayMs = 86_400_000;
