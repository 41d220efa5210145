import { DnsProtocolError } from "../errors.ts";
import { DomainName } from "../name/domain-name.ts";
import type { DnsWords } from "../presentation/words.ts";
import type { DnsReader } from "../wire/reader.ts";
import { ipv4, ipv6 } from "./fields/addresses.ts";
import { plainName } from "./fields/names.ts";
import { checkInteger } from "./fields/numbers.ts";
import { base64, parseOctets } from "./fields/octets.ts";
import type { DnsField, DnsRecordType } from "./record-type.ts";
import { DnsType } from "./types.ts";

/** A key to speak IPsec with, and where (RFC 4025 §2.1). */
export interface IpseckeyData {
  /** The lowest is tried first. */
  readonly precedence: number;
  readonly algorithm: number;
  /** An address, a name, or `undefined` for none. */
  readonly gateway: DomainName | string | undefined;
  readonly publicKey: Uint8Array;
}

type Gateway = IpseckeyData["gateway"];

/** No gateway: `.` in text. */
const none: DnsField<undefined> = {
  decode: () => undefined,
  encode: () => undefined,
  parse(words) {
    const word = words.word();
    if (word !== ".") throw words.bad(word, "a dot is needed for no gateway");
    return undefined;
  },
  format: () => ".",
};

/** The kinds of gateways, by their number (RFC 4025 §2.3). */
const kinds = [none, ipv4, ipv6, plainName] as readonly DnsField<unknown>[];

/** IPSECKEY: the kind of the gateway comes first, the algorithm between that and the gateway. */
export const ipseckeyRecord: DnsRecordType<"IPSECKEY", IpseckeyData> = {
  type: "IPSECKEY",
  number: DnsType.IPSECKEY,
  decode(reader) {
    const [precedence, kind, algorithm] = [reader.uint8(), reader.uint8(), reader.uint8()];
    return { precedence, algorithm, gateway: decodeGateway(kind, reader), publicKey: reader.rest() };
  },
  encode({ precedence, algorithm, gateway, publicKey }, writer) {
    const kind = kindOf(gateway);
    for (const octet of [precedence, kind, algorithm]) writer.uint8(checkInteger(octet, 0xff));
    kinds[kind]!.encode(gateway, writer);
    writer.put(publicKey);
  },
  parse(words) {
    const [precedence, kind, algorithm] = [words.integer(0xff), words.integer(0xff), words.integer(0xff)];
    const gateway = parseGateway(kind, words);
    return { precedence, algorithm, gateway, publicKey: parseOctets(words, words.rest(), base64) };
  },
  format({ precedence, algorithm, gateway, publicKey }) {
    const kind = kindOf(gateway);
    return `${precedence} ${kind} ${algorithm} ${kinds[kind]!.format(gateway)} ${base64.format(publicKey)}`.trimEnd();
  },
};

function decodeGateway(kind: number, reader: DnsReader): Gateway {
  const field = kinds[kind];
  if (field !== undefined) return field.decode(reader) as Gateway;
  throw new DnsProtocolError("bad-rdata", `nobody knows gateways of kind ${kind}`, "RFC 4025 §2.3");
}

function parseGateway(kind: number, words: DnsWords): Gateway {
  const field = kinds[kind];
  if (field !== undefined) return field.parse(words) as Gateway;
  throw words.bad(String(kind), "the kind of a gateway is from 0 to 3");
}

function kindOf(gateway: Gateway): number {
  if (gateway === undefined) return 0;
  if (gateway instanceof DomainName) return 3;
  return gateway.includes(":") ? 2 : 1;
}
