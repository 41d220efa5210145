import { MailHeader, type MimePart, type MimeValue } from "@hawser/mime";
import { headerEnd } from "../../store/header-end.ts";
import type { MailBeginning } from "../../store/store.ts";

/**
 * A message by its header alone: where that begins and ends, and what is in it; of its parts nothing is told. `undefined`: its
 * end has not been read.
 */
export function headerPart({ octets, isWhole }: MailBeginning): MimePart | undefined {
  const end = headerEnd(octets);
  return end === undefined && !isWhole ? undefined : new HeaderPart(octets.subarray(0, end));
}

/** The header is only read when somebody asks what is in it. */
class HeaderPart implements MimePart {
  readonly start = 0;
  readonly bodyStart: number;
  readonly end: number;
  readonly lineCount = 0;
  readonly bodyLineCount = 0;
  readonly contentType: MimeValue = plainText;
  readonly transferEncoding = "7bit";
  readonly parts: readonly MimePart[] = [];
  readonly #octets: Uint8Array;
  #header: MailHeader | undefined;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.bodyStart = octets.length;
    this.end = octets.length;
  }

  get header(): MailHeader {
    this.#header ??= MailHeader.parse(this.#octets);
    return this.#header;
  }
}

const plainText: MimeValue = { value: "text/plain", parameters: new Map(), rawParameters: [] };
