import { ProxyProtocolError } from "./errors.ts";
import type { ProxySsl } from "./header.ts";
import { decodeTlvs, encodeTlv, ProxyTlvType } from "./tlvs.ts";

const clientFlags = { tls: 0x01, certificateOfConnection: 0x02, certificateOfSession: 0x04 } as const;

/** client flags (1) and verify (4), before the fields inside. */
const fixedOctets = 5;

const textFields = [
  ["version", ProxyTlvType.sslVersion],
  ["commonName", ProxyTlvType.sslCommonName],
  ["cipher", ProxyTlvType.sslCipher],
  ["signatureAlgorithm", ProxyTlvType.sslSignatureAlgorithm],
  ["keyAlgorithm", ProxyTlvType.sslKeyAlgorithm],
] as const;

/** Reads `PP2_TYPE_SSL` (proxy-protocol.txt §2.2.5). Fields that are not known are passed over. */
export function decodeProxySsl(value: Uint8Array): ProxySsl {
  if (value.length < fixedOctets) throw tooShort();
  const client = value[0]!;
  const inner = new Map(decodeTlvs(value.subarray(fixedOctets)).map((tlv) => [tlv.type, tlv.value]));
  const texts = textFields.flatMap(([name, type]) => {
    const octets = inner.get(type);
    return octets === undefined ? [] : [[name, Buffer.from(octets).toString("utf8")] as const];
  });
  return {
    tls: (client & clientFlags.tls) !== 0,
    certificate: certificateOf(client),
    verified: value.subarray(1, fixedOctets).every((octet) => octet === 0),
    ...Object.fromEntries(texts),
  };
}

/** Writes the value of `PP2_TYPE_SSL`. */
export function encodeProxySsl(ssl: ProxySsl): Uint8Array {
  const client =
    (ssl.tls ? clientFlags.tls : 0) |
    (ssl.certificate === "connection" ? clientFlags.certificateOfConnection : 0) |
    (ssl.certificate === "session" ? clientFlags.certificateOfSession : 0);
  const fixed = Uint8Array.of(client, 0, 0, 0, ssl.verified ? 0 : 1);
  const texts = textFields.flatMap(([name, type]) => (ssl[name] === undefined ? [] : [encodeTlv(type, ssl[name])]));
  return Buffer.concat([fixed, ...texts]);
}

function certificateOf(client: number): ProxySsl["certificate"] {
  if (client & clientFlags.certificateOfConnection) return "connection";
  return client & clientFlags.certificateOfSession ? "session" : "none";
}

function tooShort(): ProxyProtocolError {
  const section = "proxy-protocol.txt §2.2.5";
  return new ProxyProtocolError("bad-header", "Cannot read the PROXY header: its SSL field is too short", { section });
}
