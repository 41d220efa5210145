import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import type { DomainName } from "../name/domain-name.ts";
import type { TsigKey } from "../tsig/key.ts";
import { refuseTsig, signDnsMessage } from "../tsig/sign.ts";
import type { TsigVerdict } from "../tsig/verify.ts";
import { DnsRcode } from "../words.ts";

/** The keys of a server: a list, or what finds one by its name. */
export type DnsTsigKeys = readonly TsigKey[] | ((name: DomainName) => TsigKey | undefined);

/** Makes what finds a key by its name. */
export function keyFinder(keys: DnsTsigKeys): (name: DomainName) => TsigKey | undefined {
  if (typeof keys === "function") return keys;
  const byName = new Map(keys.map((key) => [key.name.key, key]));
  return (name) => byName.get(name.key);
}

/**
 * The answer to a request whose signature is bad: NOTAUTH with the reason in the TSIG record. It is signed when the key is
 * known and the MAC was good, and BADTIME tells both clocks (RFC 8945 §5.2, §5.3.2).
 *
 * @param now seconds since 1970
 */
export function refusedSignature(
  request: DnsMessage,
  verdict: Extract<TsigVerdict, { readonly type: "bad" }>,
  now: number,
): Uint8Array {
  const { id, opcode, questions, recursionDesired } = request;
  const answer = { id, opcode, questions, recursionDesired, response: true, rcode: DnsRcode.notAuth };
  const octets = encodeDnsMessage(answer);
  const { error, key, data } = verdict;
  if (key === undefined || error === DnsRcode.badSig) return refuseTsig(octets, verdict, error);
  const isBadTime = error === DnsRcode.badTime;
  return signDnsMessage(octets, key, {
    now,
    error,
    priorMac: data.mac,
    ...(isBadTime && { timeSigned: data.timeSigned, fudgeSeconds: data.fudgeSeconds }),
  }).octets;
}
