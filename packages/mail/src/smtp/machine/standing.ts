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
import { helloFirst, loginFirst, mailFirst, recipientFirst, tlsFirst } from "./replies.ts";
import { smtpVerbs } from "./verbs.ts";

/** What a machine's options say about standing. */
interface StandingOptions {
  readonly kind: SmtpKind;
  readonly name: string;
  readonly limits: SmtpServerLimits;
  readonly extensions: readonly SmtpExtension[];
}

/** A transaction as its machine sees it. */
type OpenTransaction = SmtpTransaction & { recipients: number; isChunked: boolean };

/** How a client stands: what it has said, who it is, and so what it may say next. */
export class SmtpStanding implements SmtpTurn {
  readonly kind: SmtpKind;
  readonly limits: SmtpServerLimits;
  readonly #name: string;
  readonly #extensions: readonly SmtpExtension[];
  readonly #verbs: Readonly<Record<string, SmtpVerb>>;
  #offered: readonly SmtpExtension[] = [];
  facts: SmtpServerFacts = noFacts;
  hello: "basic" | "extended" | undefined;
  isLoggedIn = false;
  messages = 0;
  transaction: OpenTransaction | undefined;

  constructor({ kind, name, limits, extensions }: StandingOptions) {
    this.kind = kind;
    this.limits = limits;
    this.#name = name;
    this.#extensions = extensions;
    this.#verbs = smtpVerbs(kind, () => this.#offered);
  }

  get isExtended(): boolean {
    return this.hello === "extended";
  }

  /** The first thing that is said. */
  get greeting(): SmtpReply {
    return replyWith(SmtpCode.ready, undefined, `${this.#name} ${this.kind === "lmtp" ? "LMTP" : "ESMTP"} ready`);
  }

  /** What EHLO is answered with. */
  get offers(): SmtpReply {
    const rows = this.#offered.map((one) => `${one.keyword} ${one.offer(this.facts, this.limits)}`.trimEnd());
    return { code: SmtpCode.ok, lines: [this.#name, ...rows] };
  }

  /** Takes what is known now, and what can be offered with it. */
  know(facts: SmtpServerFacts): void {
    this.facts = facts;
    this.#offered = this.#extensions.filter((one) => one.offer(facts, this.limits) !== undefined);
  }

  /** Another TLS layer, or another client: nothing of what was said counts (RFC 3207 §4.2). */
  restart(facts: SmtpServerFacts): void {
    this.hello = undefined;
    this.isLoggedIn = false;
    this.transaction = undefined;
    this.know(facts);
  }

  verb(name: string): SmtpVerb | undefined {
    return this.#verbs[name] ?? this.#offered.find(({ verbs }) => verbs && Object.hasOwn(verbs, name))?.verbs?.[name];
  }

  /** Why a command may not be said here, whatever its argument is. */
  refusal(name: string, verb: SmtpVerb): SmtpReply | undefined {
    const { needsTls, needsLogin, isSecure } = this.facts;
    const { after = "hello", isAlwaysAllowed = false } = verb;
    const isOfExtension = this.#verbs[name] === undefined;
    if (isOfExtension && !this.isExtended) return helloFirst;
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

const noFacts: SmtpServerFacts = {
  isSecure: false,
  hasTls: false,
  mechanisms: [],
  isProxy: false,
  needsLogin: false,
  needsTls: false,
};
