import type { DomainName } from "../../name/domain-name.ts";
import { nameOfWire } from "../../name/domain-name.ts";
import { DnsType, dnsTypeName } from "../../records/types.ts";
import { packedTypes } from "../contents/packed-node.ts";
import { parentKey, type ZoneContents } from "../contents/zone-contents.ts";
import { PointerCheck } from "./check-pointers.ts";
import type { ZoneFindingCode, ZoneFindings } from "./finding.ts";

/**
 * Looks over the records of a zone, name by name: what makes it no zone is an error, what will not work as somebody meant it a
 * warning. Types are read off the kept strings, so that a million ordinary names take half a second.
 */
export function* checkContents(contents: ZoneContents, findings: ZoneFindings): Generator<undefined, void, undefined> {
  checkApex(contents, findings);
  const special = new SpecialNames(contents, findings);
  for (const [key, packed] of contents.entries()) {
    if (packed !== "") special.look(key, packedTypes(packed, key));
    yield;
  }
  yield* special.checkHidden();
  yield* special.checkPointers();
}

function checkApex(contents: ZoneContents, findings: ZoneFindings): void {
  const name = contents.origin;
  if (contents.set(name, DnsType.SOA) === undefined)
    findings.add({ severity: "error", code: "no-soa", message: "there is no SOA record at the apex" });
  if (contents.set(name, DnsType.NS) === undefined)
    findings.add({ severity: "error", code: "no-ns", message: "there is no NS record at the apex" });
}

/** Types that a name has one record of (RFC 1034 §3.6.2, RFC 2181 §10.1, RFC 6672 §2.4). */
const single: readonly number[] = [DnsType.SOA, DnsType.CNAME, DnsType.DNAME];
/** Types whose records point at hosts. */
const pointing: readonly number[] = [DnsType.NS, DnsType.MX, DnsType.SRV];
/** What may stand beside a CNAME (RFC 4035 §2.5, RFC 2181 §10.1). */
const besideCname: readonly number[] = [DnsType.CNAME, DnsType.RRSIG, DnsType.NSEC, 25 /* KEY */];

/** The names that rules speak of: found first, since one may hide or be pointed at by any other. */
class SpecialNames {
  readonly #contents: ZoneContents;
  readonly #findings: ZoneFindings;
  readonly #cuts = new Set<string>();
  readonly #moved = new Set<string>();
  readonly #pointing: { readonly key: string; readonly types: readonly number[] }[] = [];

  constructor(contents: ZoneContents, findings: ZoneFindings) {
    this.#contents = contents;
    this.#findings = findings;
  }

  /** Looks at one name by itself. */
  look(key: string, types: readonly number[]): void {
    const isApex = key === this.#contents.origin.key;
    if (types.includes(DnsType.CNAME) && types.some((type) => !besideCname.includes(type)))
      this.#note("error", "cname-and-other", key, DnsType.CNAME, "stands beside other records");
    for (const type of single) if (types.includes(type)) this.#checkSingle(key, type, isApex);
    if (types.includes(DnsType.NS) && !isApex) {
      this.#cuts.add(key);
      if (key.startsWith("\x01*")) this.#note("error", "wildcard-ns", key, DnsType.NS, "delegates a wildcard");
    }
    if (types.includes(DnsType.DNAME)) this.#moved.add(key);
    const points = types.filter((type) => pointing.includes(type));
    if (points.length > 0) this.#pointing.push({ key, types: points });
  }

  #checkSingle(key: string, type: number, isApex: boolean): void {
    const { data } = this.#contents.set(nameOfWire(key), type)!;
    if (data.length > 1) this.#note("error", "several", key, type, `is there ${data.length} times`);
    if (type === DnsType.SOA && !isApex) this.#note("error", "soa-elsewhere", key, type, "is not at the apex");
  }

  /** Names below delegations and DNAME records, which nobody is ever told of. */
  *checkHidden(): Generator<undefined, void, undefined> {
    if (this.#cuts.size === 0 && this.#moved.size === 0) return;
    for (const [key, packed] of this.#contents.entries()) {
      if (packed !== "" && !this.#findings.isFull) this.#checkAbove(key, packedTypes(packed, key));
      yield;
    }
  }

  #checkAbove(key: string, types: readonly number[]): void {
    for (let above = key; above !== this.#contents.origin.key; ) {
      above = parentKey(above);
      if (this.#moved.has(above)) this.#note("warning", "below-dname", key, types[0]!, "is below a DNAME");
      const other = this.#cuts.has(above) ? types.find((type) => !isAddress(type)) : undefined;
      if (other !== undefined) this.#note("warning", "hidden", key, other, "is below a delegation, and no address");
      if (other !== undefined || this.#moved.has(above)) return;
    }
  }

  *checkPointers(): Generator<undefined, void, undefined> {
    const check = new PointerCheck(this.#contents, this.#cuts, this.#moved);
    for (const { key, types } of this.#pointing) {
      if (this.#findings.isFull) return;
      for (const finding of check.look(nameOfWire(key), types)) this.#findings.add(finding);
      yield;
    }
  }

  #note(severity: "error" | "warning", code: ZoneFindingCode, key: string, type: number, state: string): void {
    const name: DomainName = nameOfWire(key);
    this.#findings.add({ severity, code, name, type, message: `${name} ${dnsTypeName(type)} ${state}` });
  }
}

function isAddress(type: number): boolean {
  return type === DnsType.A || type === DnsType.AAAA;
}
