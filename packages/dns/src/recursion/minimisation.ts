import type { DomainName } from "../name/domain-name.ts";

/** Questions of a lookup that show less than the whole name (RFC 9156 §2.3: MAX_MINIMISE_COUNT). */
const minimisedMax = 10;
/** Those of them that show one label more than the one before (RFC 9156 §2.3: MINIMISE_ONE_LAB). */
const oneLabelMax = 4;

/**
 * Shows servers no more of a name than they need to refer us on (RFC 9156). It counts over a whole lookup, so that names
 * with a hundred labels cost ten questions more and not a hundred.
 */
export class Minimisation {
  #name: DomainName;
  #labelCount: number;
  #count = 0;
  #shown = 0;
  #isOn: boolean;

  constructor(name: DomainName, isOn: boolean) {
    this.#name = name;
    this.#labelCount = name.labelCount;
    this.#isOn = isOn;
  }

  /** What is asked for next: a part of the name, or the whole. */
  get shown(): DomainName {
    return this.isWhole ? this.#name : this.#name.suffix(this.#shown);
  }

  get isWhole(): boolean {
    return !this.#isOn || this.#shown >= this.#labelCount;
  }

  /** An alias led to another name: what was spent on the first is spent. */
  follow(name: DomainName): void {
    this.#name = name;
    this.#labelCount = name.labelCount;
    this.#shown = 0;
  }

  /** The servers of a zone are asked next. */
  enter(zone: DomainName): void {
    this.#shown = zone.labelCount;
    this.advance();
  }

  /** The part that was shown is no zone of its own: shows more. Long rests go in few steps. */
  advance(): void {
    if (this.isWhole) return;
    if (this.#count >= minimisedMax) {
      this.#isOn = false;
      return;
    }
    const hidden = this.#labelCount - this.#shown;
    this.#shown += this.#count < oneLabelMax ? 1 : Math.ceil(hidden / (minimisedMax - this.#count));
    this.#count++;
  }

  /** Some servers answer parts of names wrong: from here on the whole is shown (RFC 9156 §2.3, relaxed). */
  giveUp(): void {
    this.#isOn = false;
  }
}
