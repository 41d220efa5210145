import { ProtocolError } from "@hawser/core";
import { formatDnsRcode } from "../words.ts";

/** Why a zone could not be transferred. */
export type ZoneTransferErrorCode =
  | "refused" // the server said no: see `rcode`
  | "bad-message" // no DNS message, or none that answers the question
  | "bad-signature"
  | "bad-order" // records that no transfer has in this place
  | "bad-record" // a type or class that no zone holds
  | "outside-zone"
  | "bad-zone" // whole and in order, and still no zone, or no step from the version that we have
  | "too-large"
  | "ended-early"
  | "behind"; // every server has an older version than we

/** What a transfer brought is not taken: nothing of it counts, and the zone stays as it was. */
export class ZoneTransferError extends ProtocolError<ZoneTransferErrorCode> {
  /** One of {@link DnsRcode}, when the server answered with another than NOERROR. */
  readonly rcode: number | undefined;

  constructor(
    code: ZoneTransferErrorCode,
    reason: string,
    options: ErrorOptions & { readonly section?: string | undefined; readonly rcode?: number | undefined } = {},
  ) {
    super(code, `Cannot transfer the zone: ${reason}`, options);
    this.rcode = options.rcode;
  }
}

/** The server said no. */
export function transferRefused(rcode: number, more = ""): ZoneTransferError {
  return new ZoneTransferError("refused", `the server answered ${formatDnsRcode(rcode)}${more}`, { rcode });
}
