import { FrameReader } from "@hawser/core";
import { FastCgiProtocolError } from "./errors.ts";

/** The types of records (FastCGI 1.0 §8). */
export const FastCgiType = {
  beginRequest: 1,
  abortRequest: 2,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
  data: 8,
  getValues: 9,
  getValuesResult: 10,
  unknownType: 11,
} as const;

/** What an END_REQUEST says about the protocol: whether the application has taken the request at all (§5.5). */
export const FastCgiProtocolStatus = {
  requestComplete: 0,
  cannotMultiplex: 1,
  overloaded: 2,
  unknownRole: 3,
} as const;

/** One record, as either side sends it. */
export interface FastCgiRecord {
  /** One of {@link FastCgiType}, or one that nobody knows. */
  readonly type: number;
  /** 0 for records about the connection. */
  readonly requestId: number;
  readonly content: Uint8Array;
}

/** The longest content of one record: its length has two octets. */
const contentOctetsMax = 65_535;
const headerOctets = 8;

/** Takes a stream apart into records (§3.3). Padding is dropped. */
export class FastCgiRecordReader extends FrameReader {
  /** @throws {FastCgiProtocolError} `bad-version`; `FramingError` when the peer ends inside a record */
  nextRecord(): FastCgiRecord | undefined {
    const frame = this.next();
    if (frame === undefined) return undefined;
    const length = uint16(frame, 4);
    return {
      type: frame[1]!,
      requestId: uint16(frame, 2),
      content: frame.subarray(headerOctets, headerOctets + length),
    };
  }

  protected override takeFrame(): Uint8Array | undefined {
    if (this.buffer.octets < headerOctets) return undefined;
    const header = this.buffer.peek(headerOctets);
    if (header[0] !== 1)
      throw new FastCgiProtocolError("bad-version", `Cannot read a record: it has version ${header[0]}`);
    const octets = headerOctets + uint16(header, 4) + header[6]!;
    return this.buffer.octets < octets ? undefined : this.buffer.take(octets);
  }
}

/**
 * Encodes content as one record of a stream, or as many as it needs; none for empty content, which would end the stream.
 * Records are padded to 8 octets, as the specification advises (§3.3).
 */
export function encodeFastCgiStream(type: number, requestId: number, content: Uint8Array): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += contentOctetsMax) {
    records.push(encodeFastCgiRecord({ type, requestId, content: content.subarray(at, at + contentOctetsMax) }));
  }
  return records.length === 1 ? records[0]! : Buffer.concat(records);
}

/** Encodes one record. Empty content ends a stream. @throws {RangeError} when the content is too long for one */
export function encodeFastCgiRecord({ type, requestId, content }: FastCgiRecord): Uint8Array {
  if (content.length > contentOctetsMax) throw new RangeError(`Cannot put ${content.length} octets into one record`);
  const padding = -content.length & 7;
  const record = Buffer.alloc(headerOctets + content.length + padding);
  record[0] = 1;
  record[1] = type;
  record.writeUInt16BE(requestId, 2);
  record.writeUInt16BE(content.length, 4);
  record[6] = padding;
  record.set(content, headerOctets);
  return record;
}

/** The content of a BEGIN_REQUEST for a responder (§5.1). */
export function encodeFastCgiBegin(keepsConnection: boolean): Uint8Array {
  return Uint8Array.of(0, 1, keepsConnection ? 1 : 0, 0, 0, 0, 0, 0);
}

/** The content of an END_REQUEST (§5.5). */
export interface FastCgiEnd {
  readonly appStatus: number;
  readonly protocolStatus: number;
}

export function encodeFastCgiEnd({ appStatus, protocolStatus }: FastCgiEnd): Uint8Array {
  const content = Buffer.alloc(8);
  content.writeUInt32BE(appStatus, 0);
  content[4] = protocolStatus;
  return content;
}

/** @throws {FastCgiProtocolError} `bad-record` */
export function decodeFastCgiEnd(content: Uint8Array): FastCgiEnd {
  if (content.length < 8) throw new FastCgiProtocolError("bad-record", "Cannot read an END_REQUEST: it is too short");
  return { appStatus: uint16(content, 0) * 65_536 + uint16(content, 2), protocolStatus: content[4]! };
}

/** Encodes variables as name-value pairs (§3.4). Text goes as UTF-8. */
export function encodeFastCgiPairs(variables: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat(
    Object.entries(variables).flatMap(([name, value]) => {
      const [nameOctets, valueOctets] = [Buffer.from(name), Buffer.from(value)];
      return [encodeLength(nameOctets.length), encodeLength(valueOctets.length), nameOctets, valueOctets];
    }),
  );
}

/** Reads name-value pairs. @throws {FastCgiProtocolError} `bad-record` when they are cut */
export function decodeFastCgiPairs(content: Uint8Array): Record<string, string> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const pairs: [string, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [nameAt, nameLength] = decodeLength(bytes, at);
    const [textAt, valueLength] = decodeLength(bytes, nameAt);
    const valueAt = textAt + nameLength;
    at = valueAt + valueLength;
    if (at > bytes.length) throw cutPairs();
    pairs.push([bytes.toString("utf8", textAt, valueAt), bytes.toString("utf8", valueAt, at)]);
  }
  return Object.fromEntries(pairs);
}

/** Lengths below 128 have one octet, others four with the first bit set. */
function encodeLength(length: number): Uint8Array {
  if (length < 128) return Uint8Array.of(length);
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(length + 2 ** 31);
  return octets;
}

function decodeLength(bytes: Buffer, at: number): readonly [next: number, length: number] {
  const first = bytes[at];
  if (first === undefined || (first >= 128 && at + 4 > bytes.length)) throw cutPairs();
  return first < 128 ? [at + 1, first] : [at + 4, bytes.readUInt32BE(at) - 2 ** 31];
}

function cutPairs(): FastCgiProtocolError {
  return new FastCgiProtocolError("bad-record", "Cannot read name-value pairs: they are cut");
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}
