import type { Cancellable } from "@hawser/core";
import { spfLookupsMax, spfVoidLookupsMax } from "../limits.ts";
import type { DnsLookups, DnsLookupsType } from "../lookups/lookups.ts";

/** Why a check ends before its time (RFC 7208 §2.6.6, §2.6.7). It never leaves this folder. */
export class SpfStop extends Error {
  readonly result: "permerror" | "temperror";

  constructor(result: "permerror" | "temperror", reason: string) {
    super(reason);
    this.result = result;
  }
}

/** The questions of one check, all included records together, and what is left of them (RFC 7208 §4.6.4). */
export class SpfQuestions {
  readonly #lookups: DnsLookups;
  readonly #options: Cancellable;
  #terms = 0;
  #voids = 0;

  constructor(lookups: DnsLookups, options: Cancellable) {
    this.#lookups = lookups;
    this.#options = options;
  }

  /** Counts a term that asks the DNS. */
  countTerm(): void {
    if (++this.#terms > spfLookupsMax) throw new SpfStop("permerror", `more than ${spfLookupsMax} terms ask the DNS`);
  }

  /** The records there are. Answers without any are counted, unless it is said that they are not. */
  async ask(
    name: string,
    type: DnsLookupsType,
    { countsVoid = true }: { readonly countsVoid?: boolean | undefined } = {},
  ): Promise<readonly string[]> {
    if (!isAscii(name)) return []; // a local part in UTF-8: such terms match nothing (RFC 8616 §4)
    const answer = await this.#lookups.lookUp(name, type, this.#options);
    if (answer.type === "found") return answer.values;
    if (answer.type === "failed") throw new SpfStop("temperror", answer.reason);
    if (countsVoid && ++this.#voids > spfVoidLookupsMax)
      throw new SpfStop("permerror", `more than ${spfVoidLookupsMax} names have no records`);
    return [];
  }

  /** Addresses of one family. A host that has those of the other alone is no answer without records: it is there. */
  async askAddresses(host: string, isIpv4: boolean): Promise<readonly string[]> {
    const found = await this.ask(host, isIpv4 ? "A" : "AAAA", { countsVoid: false });
    if (found.length === 0) await this.ask(host, isIpv4 ? "AAAA" : "A");
    return found;
  }

  /** The same, where an answer that does not come counts as none (RFC 7208 §5.5). */
  async askOrNothing(name: string, type: DnsLookupsType): Promise<readonly string[]> {
    if (!isAscii(name)) return [];
    const answer = await this.#lookups.lookUp(name, type, this.#options);
    return answer.type === "found" ? answer.values : [];
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
