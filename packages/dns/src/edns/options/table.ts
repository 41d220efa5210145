import { checkInteger } from "../../records/fields/numbers.ts";
import type { DnsReader } from "../../wire/reader.ts";
import type { DnsWriter } from "../../wire/writer.ts";
import { clientSubnetOption, type EdnsClientSubnet } from "./client-subnet.ts";
import { cookieOption, type EdnsCookie } from "./cookie.ts";
import { type EdnsExpire, expireOption } from "./expire.ts";
import { type EdnsExtendedError, extendedErrorOption } from "./extended-error.ts";
import { hexOf } from "./hex.ts";
import { type EdnsTcpKeepalive, tcpKeepaliveOption } from "./keepalive.ts";
import { type EdnsNsid, nsidOption } from "./nsid.ts";
import type { EdnsOptionKind } from "./option.ts";
import { type EdnsPadding, paddingOption } from "./padding.ts";
import { type EdnsReportChannel, reportChannelOption } from "./report-channel.ts";

/** An option that has no file here; kept as it is. */
export interface EdnsUnknownOption {
  readonly type: "unknown";
  readonly code: number;
  readonly octets: Uint8Array;
}

/** What an OPT record may carry: `option.type` tells what is in it. */
export type EdnsOption =
  | EdnsClientSubnet
  | EdnsCookie
  | EdnsExpire
  | EdnsExtendedError
  | EdnsNsid
  | EdnsPadding
  | EdnsReportChannel
  | EdnsTcpKeepalive
  | EdnsUnknownOption;

const kinds = [
  nsidOption,
  clientSubnetOption,
  expireOption,
  cookieOption,
  tcpKeepaliveOption,
  paddingOption,
  extendedErrorOption,
  reportChannelOption,
] as readonly EdnsOptionKind<EdnsOption>[];

const byCode = new Map(kinds.map((kind) => [kind.code, kind]));
const byType = new Map(kinds.map((kind) => [kind.type, kind]));

/** Reads one option. @throws {DnsProtocolError} `bad-option`, `truncated` */
export function decodeOption(reader: DnsReader): EdnsOption {
  const code = reader.uint16();
  const kind = byCode.get(code);
  return reader.within(
    reader.uint16(),
    (inner) => kind?.decode(inner) ?? { type: "unknown", code, octets: inner.rest() },
  );
}

/** @throws {RangeError} for what the wire cannot hold */
export function encodeOption(option: EdnsOption, writer: DnsWriter): void {
  if (option.type === "unknown") {
    writer.uint16(checkInteger(option.code, 0xffff));
    writer.sized(() => writer.put(option.octets));
  } else {
    const kind = byType.get(option.type)!;
    writer.uint16(kind.code);
    writer.sized(() => kind.encode(option, writer));
  }
}

/** As `dig` prints it. */
export function formatOption(option: EdnsOption): string {
  if (option.type === "unknown") return unknownText(option);
  return byType.get(option.type)!.format(option);
}

function unknownText({ code, octets }: EdnsUnknownOption): string {
  if (octets.length === 0) return `OPT=${code}`;
  const text = Array.from(octets, (octet) => (octet > 0x1f && octet < 0x7f ? String.fromCharCode(octet) : ".")).join(
    "",
  );
  return `OPT=${code}: ${hexOf(octets).replace(/..(?=.)/g, "$& ")} ("${text}")`;
}
