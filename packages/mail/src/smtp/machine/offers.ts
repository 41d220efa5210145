import type { SmtpExtension, SmtpServerFacts } from "../extension.ts";
import type { SmtpServerLimits } from "../limits.ts";
import { formatSmtpReply } from "../wire/reply.ts";
import { SmtpCode } from "../words.ts";

/** What is offered to a session of which so much is known. */
export interface SmtpOffer {
  readonly extensions: readonly SmtpExtension[];
  /** The answer to EHLO, as octets. */
  readonly reply: string;
  /** The answer to HELO. */
  readonly basicReply: string;
}

/** What a server offers. Sessions are alike, so an offer is made once for all of whom the same is known. */
export class SmtpOffers {
  readonly #name: string;
  readonly #limits: SmtpServerLimits;
  readonly #extensions: readonly SmtpExtension[];
  readonly #made = new Map<string, SmtpOffer>();

  constructor(name: string, limits: SmtpServerLimits, extensions: readonly SmtpExtension[]) {
    this.#name = name;
    this.#limits = limits;
    this.#extensions = extensions;
  }

  offerFor(facts: SmtpServerFacts): SmtpOffer {
    const key = keyOf(facts);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const offer = this.#make(facts);
    if (this.#made.size >= offersMax) this.#made.clear();
    this.#made.set(key, offer);
    return offer;
  }

  #make(facts: SmtpServerFacts): SmtpOffer {
    const lines = [this.#name];
    const extensions: SmtpExtension[] = [];
    for (const extension of this.#extensions) {
      const said = extension.offer(facts, this.#limits);
      if (said === undefined) continue;
      extensions.push(extension);
      lines.push(`${extension.keyword} ${said}`.trimEnd());
    }
    const basicReply = formatSmtpReply({ code: SmtpCode.ok, lines: [this.#name] });
    return { extensions, reply: formatSmtpReply({ code: SmtpCode.ok, lines }), basicReply };
  }
}

function keyOf({ isSecure, hasTls, mechanisms, isProxy, needsLogin, needsTls }: SmtpServerFacts): string {
  return `${isSecure} ${hasTls} ${isProxy} ${needsLogin} ${needsTls} ${mechanisms.join(" ")}`;
}

/** In clear and under TLS, with and without logins, a proxy or not: a server has but a few. */
const offersMax = 64;
