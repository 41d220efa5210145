import { dnsLabelOctetsMax, dnsNameOctetsMax } from "../limits.ts";
import { isLatin1, lowerLatin1, octetsOf } from "./octets.ts";
import { textOfWire, wireOfText } from "./text.ts";

/** Lent by the class, whose constructor nobody else may call. */
let make: (wire: string, isLower?: boolean) => DomainName;

/**
 * A domain name, whole and immutable (RFC 1034 §3.1). It holds its wire form as a string with one character for each octet,
 * spelled as it came; {@link DomainName.key} is the same in lower case, and what names are compared and looked up by.
 *
 * ```ts
 * const name = parseDomainName("WWW.example.org");
 * name.toString();                                   // "WWW.example.org."
 * name.equals(parseDomainName("www.example.org"));   // true
 * zones.get(name.key);
 * ```
 */
export class DomainName {
  /** The wire form as spelled, root label included: `"\x03www\x07example\x03org\0"`. */
  readonly wire: string;
  #key: string | undefined;

  private constructor(wire: string, isLower: boolean) {
    this.wire = wire;
    this.#key = isLower ? wire : undefined;
  }

  static {
    make = (wire, isLower = false) => new DomainName(wire, isLower);
  }

  /** The wire form in lower case: equal for equal names (RFC 4343 §3), so a key for a `Map`. Made once. */
  get key(): string {
    this.#key ??= lowerLatin1(this.wire);
    return this.#key;
  }

  /** Octets on the wire, uncompressed: 1 to 255. */
  get octetCount(): number {
    return this.wire.length;
  }

  /** Labels, the root's left out (RFC 4034 §3.1.3 counts so too, but for wildcards). */
  get labelCount(): number {
    let count = 0;
    for (let at = 0; at < this.wire.length - 1; at += this.wire.charCodeAt(at) + 1) count++;
    return count;
  }

  get isRoot(): boolean {
    return this.wire.length === 1;
  }

  /** Whether the first label is `*` (RFC 4592 §2.1.1). */
  get isWildcard(): boolean {
    return this.wire.startsWith("\x01*");
  }

  /** The labels from the first to the last before the root, one character an octet, nothing escaped. */
  labels(): readonly string[] {
    const labels: string[] = [];
    for (let at = 0; at < this.wire.length - 1; ) {
      const end = at + 1 + this.wire.charCodeAt(at);
      labels.push(this.wire.slice(at + 1, end));
      at = end;
    }
    return labels;
  }

  /** Same name, whatever the case of its letters. */
  equals(other: DomainName): boolean {
    return this === other || this.key === other.key;
  }

  /** Whether this is `ancestor` or a name below it. */
  isWithin(ancestor: DomainName): boolean {
    return this.isWithinKey(ancestor.key);
  }

  /** The same, for who has only the key of `ancestor`. */
  isWithinKey(key: string): boolean {
    const cut = this.wire.length - key.length;
    if (cut === 0) return this.key === key;
    if (cut < 0 || !this.key.endsWith(key)) return false;
    let at = 0;
    while (at < cut) at += this.wire.charCodeAt(at) + 1;
    return at === cut;
  }

  /** Whether this is a name below `ancestor`, and not `ancestor` itself. */
  isBelow(ancestor: DomainName): boolean {
    return this.wire.length > ancestor.wire.length && this.isWithin(ancestor);
  }

  /** The name without its first label; `undefined` for the root. */
  parent(): DomainName | undefined {
    return this.isRoot ? undefined : make(this.wire.slice(1 + this.wire.charCodeAt(0)));
  }

  /** The last `labels` labels of the name: the whole name when it has no more. */
  suffix(labels: number): DomainName {
    let at = 0;
    for (let left = this.labelCount - labels; left > 0; left--) at += this.wire.charCodeAt(at) + 1;
    return at === 0 ? this : make(this.wire.slice(at));
  }

  /**
   * The name with one more label before it.
   * @param label one character an octet, nothing escaped
   * @throws {RangeError} when the label is empty or long, or the name becomes too long
   */
  child(label: string): DomainName {
    if (label === "" || label.length > dnsLabelOctetsMax || !isLatin1(label))
      throw new RangeError(
        `Cannot make a label of ${label.length} characters: 1 to ${dnsLabelOctetsMax} octets may be`,
      );
    return checked(String.fromCharCode(label.length) + label + this.wire);
  }

  /** `*` below this name (RFC 4592 §2.1.1). @throws {RangeError} when the name becomes too long */
  wildcard(): DomainName {
    return this.child("*");
  }

  /**
   * What a DNAME at `from` makes of a name below it (RFC 6672 §2.2): its end is replaced. `undefined` when the result is too
   * long, which is answered with YXDOMAIN.
   * @throws {RangeError} when this is not within `from`
   */
  moved(from: DomainName, to: DomainName): DomainName | undefined {
    if (!this.isWithin(from)) throw new RangeError(`Cannot move ${this}: it is not within ${from}`);
    const wire = this.wire.slice(0, this.wire.length - from.wire.length) + to.wire;
    return wire.length > dnsNameOctetsMax ? undefined : make(wire);
  }

  /** The octets of the wire form. */
  toOctets(): Uint8Array {
    return octetsOf(this.wire);
  }

  /** Presentation format with the last dot: `www.example.org.` (RFC 1035 §5.1). */
  toString(): string {
    return textOfWire(this.wire);
  }

  /** As short as a master file may say it below an origin: `www`, `@`, or the whole name. */
  relativeTo(origin: DomainName): string {
    if (origin.isRoot || !this.isWithin(origin)) return this.toString();
    const cut = this.wire.length - origin.wire.length;
    return cut === 0 ? "@" : textOfWire(`${this.wire.slice(0, cut)}\0`).slice(0, -1);
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Makes a name of a wire form that its caller has checked.
 * @param isLower whether it is known to have no capitals
 */
export function nameOfWire(wire: string, isLower: boolean = false): DomainName {
  return make(wire, isLower);
}

/** The name of the root: `.`. */
export const rootName: DomainName = nameOfWire("\0");

/**
 * Reads a name in presentation format (RFC 1035 §5.1): `example.org`, `example.org.`, `a\.b.example`, `\001.example`.
 *
 * @param origin what a name without a last dot is relative to, and `@` means; default: the root
 * @throws {DnsTextError} `bad-name`, `bad-escape`
 */
export function parseDomainName(text: string, origin: DomainName = rootName): DomainName {
  return nameOfWire(wireOfText(text, origin.wire));
}

function checked(wire: string): DomainName {
  if (wire.length <= dnsNameOctetsMax) return nameOfWire(wire);
  throw new RangeError(`Cannot make a name of ${wire.length} octets: ${dnsNameOctetsMax} may be`);
}
