import { dnsMessageOctetsMax } from "../../limits.ts";
import { DnsAnswerWriter, type DnsEncodedSet } from "../../message/answer.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import { type DnsQuery, decodeDnsQuery } from "../../message/query.ts";
import type { DomainName } from "../../name/domain-name.ts";

/** Octets of a message, unless one record needs more: pointers reach no further (RFC 1035 §4.1.4). */
const messageOctetsSoftMax = 16_384;

/** The messages of a transfer, with the id 0 and without signatures, as they are kept in files. */
export function* transferMessages(
  origin: DomainName,
  zoneClass: number,
  type: "AXFR" | "IXFR",
  sets: Iterable<DnsEncodedSet>,
): Generator<Uint8Array, void> {
  const query = decodeDnsQuery(encodeDnsMessage({ questions: [{ name: origin, type, class: zoneClass }] }));
  const writer = new DnsAnswerWriter();
  let count = begin(writer, query);
  for (const set of sets) {
    for (let at = 0; at < set.data.length; ) {
      const next = writer.addRecords("answer", set, at, messageOctetsSoftMax);
      count += next - at;
      if (next < set.data.length) {
        if (count === 0) throw new RangeError(`Cannot write a record of ${set.name}: no message is long enough for it`);
        yield writer.finish();
        count = begin(writer, query);
      }
      at = next;
    }
  }
  if (count > 0) yield writer.finish();
}

function begin(writer: DnsAnswerWriter, query: DnsQuery): 0 {
  writer.begin(query, { authoritative: true, octetsMax: dnsMessageOctetsMax });
  return 0;
}
