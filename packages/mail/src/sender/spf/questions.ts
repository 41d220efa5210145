import type { Cancellable } from "@hawser/core";
import { spfLookupsMax, spfVoidLookupsMax } from "../limits.ts";
import type { DnsLookups, DnsLookupsAnswer, DnsLookupsType } from "../lookups/lookups.ts";

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

  /** The records there are; answers without any are counted. @throws {SpfStop} when there are too many, or none comes */
  async ask(name: string, type: DnsLookupsType): Promise<readonly string[]> {
    const answer = await this.#look(name, type);
    if (answer?.type === "failed") throw new SpfStop("temperror", answer.reason);
    if (answer?.type === "none") this.#countVoid();
    return answer?.type === "found" ? answer.values : [];
  }

  /** The names of an address; an answer that does not come is none (RFC 7208 §5.5). */
  async askNames(reverseName: string): Promise<readonly string[]> {
    const answer = await this.#look(reverseName, "PTR");
    if (answer?.type === "none") this.#countVoid();
    return answer?.type === "found" ? answer.values : [];
  }

  /** The addresses of one of these names: whatever comes is only tried (RFC 7208 §5.5). */
  async tryAddresses(name: string, isIpv4: boolean): Promise<readonly string[]> {
    const answer = await this.#look(name, isIpv4 ? "A" : "AAAA");
    return answer?.type === "found" ? answer.values : [];
  }

  /** Texts, which are not counted: a domain need not have a policy (RFC 7208 §4.5). */
  async askTexts(name: string): Promise<readonly string[]> {
    const answer = await this.#look(name, "TXT");
    if (answer?.type === "failed") throw new SpfStop("temperror", answer.reason);
    return answer?.type === "found" ? answer.values : [];
  }

  /** Addresses of one family. A host that has those of the other alone is no answer without records: it is there. */
  async askAddresses(host: string, isIpv4: boolean): Promise<readonly string[]> {
    const answer = await this.#look(host, isIpv4 ? "A" : "AAAA");
    if (answer?.type === "failed") throw new SpfStop("temperror", answer.reason);
    if (answer?.type !== "none") return answer?.values ?? [];
    const other = answer.nameExists ? await this.#look(host, isIpv4 ? "AAAA" : "A") : undefined;
    if (other?.type !== "found") this.#countVoid();
    return [];
  }

  /** `undefined`: a local part in UTF-8 is in the name, and such terms match nothing (RFC 8616 §4). */
  async #look(name: string, type: DnsLookupsType): Promise<DnsLookupsAnswer | undefined> {
    return isAscii(name) ? this.#lookups.lookUp(name, type, this.#options) : undefined;
  }

  #countVoid(): void {
    if (++this.#voids > spfVoidLookupsMax)
      throw new SpfStop("permerror", `more than ${spfVoidLookupsMax} names have no records`);
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
