import {
  replyWith,
  type SmtpExtension,
  type SmtpServerFacts,
  type SmtpTransaction,
  type SmtpTurn,
  type SmtpVerb,
} from "../extension.ts";
import type { SmtpServerLimits } from "../limits.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode, type SmtpKind } from "../words.ts";
import { type SmtpOffer, SmtpOffers } from "./offers.ts";
import { helloFirst, loginFirst, mailFirst, recipientFirst, tlsFirst } from "./replies.ts";
import { smtpVerbs } from "./verbs.ts";

/** What a machine's options say about standing. */
interface StandingOptions {
  readonly kind: SmtpKind;
  readonly name: string;
  readonly limits: SmtpServerLimits;
  readonly extensions: readonly SmtpExtension[];
  readonly offers?: SmtpOffers | undefined;
}

/** A transaction as its machine sees it. */
type OpenTransaction = SmtpTransaction & { recipients: number; isChunked: boolean };

/** How a client stands: what it has said, who it is, and so what it may say next. */
export class SmtpStanding implements SmtpTurn {
  readonly kind: SmtpKind;
  readonly limits: SmtpServerLimits;
  readonly #name: string;
  readonly #offers: SmtpOffers;
  readonly #verbs: ReadonlyMap<string, SmtpVerb>;
  #offer: SmtpOffer = noOffer;
  facts: SmtpServerFacts = noFacts;
  hello: "basic" | "extended" | undefined;
  isLoggedIn = false;
  messages = 0;
  transaction: OpenTransaction | undefined;

  constructor({ kind, name, limits, extensions, offers }: StandingOptions) {
    this.kind = kind;
    this.limits = limits;
    this.#name = name;
    this.#offers = offers ?? new SmtpOffers(name, limits, extensions);
    this.#verbs = smtpVerbs(kind);
  }

  get isExtended(): boolean {
    return this.hello === "extended";
  }

  /** The first thing that is said. */
  get greeting(): SmtpReply {
    return replyWith(SmtpCode.ready, undefined, `${this.#name} ${this.kind === "lmtp" ? "LMTP" : "ESMTP"} ready`);
  }

  get offered(): readonly SmtpExtension[] {
    return this.#offer.extensions;
  }

  /** What its hello is answered with, as octets. */
  get welcome(): string {
    return this.isExtended ? this.#offer.reply : this.#offer.basicReply;
  }

  /** Takes what is known now, and what can be offered with it. */
  know(facts: SmtpServerFacts): void {
    this.facts = facts;
    this.#offer = this.#offers.offerFor(facts);
  }

  /** Another TLS layer, or another client: nothing of what was said counts (RFC 3207 §4.2). */
  restart(facts: SmtpServerFacts): void {
    this.hello = undefined;
    this.isLoggedIn = false;
    this.transaction = undefined;
    this.know(facts);
  }

  verb(name: string): SmtpVerb | undefined {
    return (
      this.#verbs.get(name) ?? this.offered.find(({ verbs }) => verbs && Object.hasOwn(verbs, name))?.verbs?.[name]
    );
  }

  /** Why a command may not be said here, whatever its argument is. */
  refusal(name: string, verb: SmtpVerb): SmtpReply | undefined {
    const { needsTls, needsLogin, isSecure } = this.facts;
    const { after = "hello", isAlwaysAllowed = false } = verb;
    if (!this.isExtended && !this.#verbs.has(name)) return helloFirst; // an extension's
    if (needsTls && !isSecure && !isAlwaysAllowed) return tlsFirst;
    if (after !== "nothing" && this.hello === undefined) return helloFirst;
    if (needsLogin && !this.isLoggedIn && !isAlwaysAllowed) return loginFirst;
    if (after === "mail" || after === "recipient") return this.refusalOfContent(after === "recipient");
    return undefined;
  }

  /** Why there can be no recipient, or no content, now. */
  refusalOfContent(needsRecipient: boolean): SmtpReply | undefined {
    if (this.transaction === undefined) return mailFirst;
    return needsRecipient && this.transaction.recipients === 0 ? recipientFirst : undefined;
  }
}

const noOffer: SmtpOffer = { extensions: [], reply: "", basicReply: "" };
const noFacts: SmtpServerFacts = {
  isSecure: false,
  hasTls: false,
  mechanisms: [],
  isProxy: false,
  needsLogin: false,
  needsTls: false,
};
