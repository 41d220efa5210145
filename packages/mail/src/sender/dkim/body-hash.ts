import { createHash } from "node:crypto";
import { DkimBodyCanonicalizer } from "./canonical-body.ts";
import type { DkimCanonicalization } from "./words.ts";

/** The hash of a body, or of its first octets (`l=`), and how many octets there were (RFC 6376 §3.5). */
export class DkimBodyHash {
  readonly #hash = createHash("sha256");
  readonly #octetsMax: number;
  #digest: Uint8Array | undefined;
  /** Octets of the body in its form, those beyond the hashed ones too. */
  octetCount = 0;

  constructor(octetsMax: number = Number.POSITIVE_INFINITY) {
    this.#octetsMax = octetsMax;
  }

  /** SHA-256; once it is asked for, nothing may be added. */
  get digest(): Uint8Array {
    this.#digest ??= this.#hash.digest();
    return this.#digest;
  }

  add(octets: Uint8Array): void {
    const left = this.#octetsMax - this.octetCount;
    this.octetCount += octets.length;
    if (left > 0) this.#hash.update(left < octets.length ? octets.subarray(0, left) : octets);
  }
}

/** One body and the hashes that its signatures ask for: each form is made once. */
export class DkimBodyHashes {
  readonly #forms = new Map<
    DkimCanonicalization,
    { readonly canonicalizer: DkimBodyCanonicalizer; readonly hashes: Map<number, DkimBodyHash> }
  >();

  /** Before the body comes. @param octetsMax octets that are hashed; default: all */
  want(kind: DkimCanonicalization, octetsMax: number = Number.POSITIVE_INFINITY): DkimBodyHash {
    const { hashes } = this.#form(kind);
    const hash = hashes.get(octetsMax) ?? new DkimBodyHash(octetsMax);
    hashes.set(octetsMax, hash);
    return hash;
  }

  receive(chunk: Uint8Array): void {
    for (const { canonicalizer } of this.#forms.values()) canonicalizer.receive(chunk);
  }

  end(): void {
    for (const { canonicalizer } of this.#forms.values()) canonicalizer.end();
  }

  #form(kind: DkimCanonicalization) {
    const known = this.#forms.get(kind);
    if (known !== undefined) return known;
    const hashes = new Map<number, DkimBodyHash>();
    const canonicalizer = new DkimBodyCanonicalizer(kind, (octets) => {
      for (const hash of hashes.values()) hash.add(octets);
    });
    const form = { canonicalizer, hashes };
    this.#forms.set(kind, form);
    return form;
  }
}
