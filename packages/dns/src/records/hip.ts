import type { DomainName } from "../name/domain-name.ts";
import { checkInteger } from "./fields/numbers.ts";
import { base64, hex, parseOctets } from "./fields/octets.ts";
import type { DnsRecordType } from "./record-type.ts";
import { DnsType } from "./types.ts";

/** The identity of a host, apart from its address (RFC 8005 §5). */
export interface HipData {
  readonly algorithm: number;
  /** The host identity tag. */
  readonly tag: Uint8Array;
  readonly publicKey: Uint8Array;
  /** Where the host can be met. */
  readonly rendezvousServers: readonly DomainName[];
}

/** HIP: both lengths come first, so that this is not just one part after the other. */
export const hipRecord: DnsRecordType<"HIP", HipData> = {
  type: "HIP",
  number: DnsType.HIP,
  decode(reader) {
    const [tagLength, algorithm, keyLength] = [reader.uint8(), reader.uint8(), reader.uint16()];
    const [tag, publicKey] = [reader.take(tagLength), reader.take(keyLength)];
    const rendezvousServers: DomainName[] = [];
    while (reader.left > 0) rendezvousServers.push(reader.name());
    return { algorithm, tag, publicKey, rendezvousServers };
  },
  encode({ algorithm, tag, publicKey, rendezvousServers }, writer) {
    writer.uint8(checkInteger(tag.length, 0xff));
    writer.uint8(checkInteger(algorithm, 0xff));
    writer.uint16(checkInteger(publicKey.length, 0xffff));
    writer.put(tag);
    writer.put(publicKey);
    for (const server of rendezvousServers) writer.name(server);
  },
  parse(words) {
    const algorithm = words.integer(0xff);
    const tag = parseOctets(words, words.word(), hex);
    const publicKey = parseOctets(words, words.word(), base64);
    const rendezvousServers: DomainName[] = [];
    while (!words.isDone) rendezvousServers.push(words.name());
    return { algorithm, tag, publicKey, rendezvousServers };
  },
  format: ({ algorithm, tag, publicKey, rendezvousServers }) =>
    [algorithm, hex.format(tag), base64.format(publicKey), ...rendezvousServers].join(" "),
};
