import { coveredType } from "../../authority/contents/packed-node.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { latin1Of } from "../../name/octets.ts";
import type { TransferredRecord } from "./transferred-record.ts";

/** Puts the records of a step into sets as they come (RFC 2181 §5), signatures of each type for themselves (RFC 4034 §3.1). */
export class TransferSetBuilder {
  readonly #sets = new Map<string, GrowingSet>();

  /** A record that is there already is left out, and the least TTL is that of its set (RFC 2181 §5.2). */
  add({ name, type, class: of, ttl, octets }: TransferredRecord): void {
    const key = `${type} ${coveredType(type, octets)} ${name.key}`;
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, { name, type, class: of, ttl, data: [octets], known: undefined });
    else grow(set, ttl, octets);
  }

  sets(): readonly DnsEncodedSet[] {
    return Array.from(this.#sets.values(), ({ name, type, class: of, ttl, data }) => ({
      name,
      type,
      class: of,
      ttl,
      data,
    }));
  }
}

interface GrowingSet extends DnsEncodedSet {
  ttl: number;
  readonly data: Uint8Array[];
  /** The data as text, once there are many: looking through all of them would take the square of their number. */
  known: Set<string> | undefined;
}

const listedMax = 16;

function grow(set: GrowingSet, ttl: number, octets: Uint8Array): void {
  set.ttl = Math.min(set.ttl, ttl);
  if (set.data.length < listedMax) {
    if (!set.data.some((one) => Buffer.compare(one, octets) === 0)) set.data.push(octets);
    return;
  }
  set.known ??= new Set(set.data.map(textOf));
  const text = textOf(octets);
  if (set.known.has(text)) return;
  set.known.add(text);
  set.data.push(octets);
}

function textOf(octets: Uint8Array): string {
  return latin1Of(octets);
}
