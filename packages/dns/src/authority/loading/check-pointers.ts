import type { DomainName } from "../../name/domain-name.ts";
import { DnsType, dnsTypeName } from "../../records/types.ts";
import { packedTypes } from "../contents/packed-node.ts";
import { parentKey, type ZoneContents } from "../contents/zone-contents.ts";
import { pointedAt } from "../lookup/additionals.ts";
import type { ZoneFinding, ZoneFindingCode } from "./finding.ts";

/**
 * Whether the hosts that NS, MX and SRV records point at are there, with addresses and under their own names (RFC 2181 §10.3).
 * At the apex it is an error when a server has none: nobody would find the zone.
 */
export class PointerCheck {
  readonly #contents: ZoneContents;
  readonly #cuts: ReadonlySet<string>;
  readonly #moved: ReadonlySet<string>;

  constructor(contents: ZoneContents, cuts: ReadonlySet<string>, moved: ReadonlySet<string>) {
    this.#contents = contents;
    this.#cuts = cuts;
    this.#moved = moved;
  }

  /** What is wrong with the records of some types at a name. */
  *look(name: DomainName, types: readonly number[]): Generator<ZoneFinding, void> {
    for (const type of types) {
      for (const data of this.#contents.set(name, type)!.data) {
        const target = pointedAt(type, data, name);
        const fault = target === undefined || target.isRoot ? undefined : this.#fault(target, name, type);
        if (fault === undefined) continue;
        const isFatal = type === DnsType.NS && name.equals(this.#contents.origin);
        const message = `${name} ${dnsTypeName(type)} points at ${target}, ${fault.state}`;
        yield { severity: isFatal ? "error" : "warning", code: fault.code, name, type, message };
      }
    }
  }

  #fault(
    target: DomainName,
    owner: DomainName,
    type: number,
  ): { readonly code: ZoneFindingCode; readonly state: string } | undefined {
    const { origin } = this.#contents;
    if (!target.isWithin(origin)) return undefined;
    const types = this.#typesAt(target.key);
    const cut = this.#above(target.key, this.#cuts);
    if (this.#above(parentOf(target.key, origin.key), this.#moved) !== undefined && cut === undefined)
      return { code: "points-below-dname", state: "which is below a DNAME" };
    if (types.includes(DnsType.A) || types.includes(DnsType.AAAA)) return undefined;
    if (cut !== undefined) {
      if (type !== DnsType.NS) return undefined; // the servers of that zone will know
      const isBelow = target.isWithin(owner);
      return {
        code: "no-address",
        state: `which has no address, and ${isBelow ? "nobody else can tell it" : "is delegated"}`,
      };
    }
    if (types.includes(DnsType.CNAME)) return { code: "points-at-cname", state: "which is a CNAME" };
    return { code: "no-address", state: "which has no address" };
  }

  /** The types at a name, or at the wildcard that it is made from. */
  #typesAt(key: string): readonly number[] {
    let at = key;
    while (!this.#contents.has(at)) at = parentKey(at);
    const source = at === key ? key : `\x01*${at}`;
    const packed = this.#contents.packed(source);
    return packed === undefined ? [] : packedTypes(packed, source);
  }

  /** The closest name of a set at or above this one. */
  #above(key: string | undefined, names: ReadonlySet<string>): string | undefined {
    for (let at = key; at !== undefined; at = parentOf(at, this.#contents.origin.key)) if (names.has(at)) return at;
    return undefined;
  }
}

function parentOf(key: string, origin: string): string | undefined {
  return key === origin ? undefined : parentKey(key);
}
