import { builtIn } from "@hawser/core";
import type { TsigData } from "../records/tsig.ts";
import { DnsWriter } from "../wire/writer.ts";
import { DnsClass } from "../words.ts";
import type { TsigKey } from "./key.ts";

/** What a MAC is made over (RFC 8945 §4.3). */
export interface TsigDigest {
  /** The MAC of the request, or of the message before. */
  readonly priorMac: Uint8Array | undefined;
  /** Messages without their TSIG record, with the id that they were signed with. */
  readonly messages: readonly Uint8Array[];
  readonly data: Omit<TsigData, "algorithm" | "mac" | "originalId">;
  /** Whether only the times count, as in all messages of a stream but the first (RFC 8945 §5.3.1). */
  readonly timersOnly: boolean;
}

/** The whole MAC, which a peer may have cut. */
export function macOf(key: TsigKey, { priorMac, messages, data, timersOnly }: TsigDigest): Uint8Array {
  const hmac = builtIn("node:crypto").createHmac(key.algorithm.hash, key.secret);
  if (priorMac !== undefined) hmac.update(Uint8Array.of(priorMac.length >> 8, priorMac.length)).update(priorMac);
  for (const message of messages) hmac.update(message);
  hmac.update(timersOnly ? timersOf(data) : variablesOf(key, data));
  return new Uint8Array(hmac.digest());
}

/** RFC 8945 §4.3.3 */
function variablesOf(key: TsigKey, { timeSigned, fudgeSeconds, error, other }: TsigDigest["data"]): Uint8Array {
  const writer = new DnsWriter(new Uint8Array(2 * 255 + 32 + other.length));
  writer.latin1(key.name.key);
  writer.uint16(DnsClass.any);
  writer.uint32(0);
  writer.latin1(key.algorithm.name.key);
  writer.uint48(timeSigned);
  writer.uint16(fudgeSeconds);
  writer.uint16(error);
  writer.uint16(other.length);
  writer.put(other);
  return writer.copy();
}

function timersOf({ timeSigned, fudgeSeconds }: TsigDigest["data"]): Uint8Array {
  const writer = new DnsWriter(new Uint8Array(8));
  writer.uint48(timeSigned);
  writer.uint16(fudgeSeconds);
  return writer.copy();
}
