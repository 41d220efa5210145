import { HawserError, ProtocolError, quote } from "@hawser/core";

/** What can be wrong with a DNS message. */
export type DnsErrorCode =
  | "truncated" // the octets end before the value does
  | "trailing-octets"
  | "bad-label" // a label type that nobody speaks
  | "bad-pointer" // forward, to itself, or into the header
  | "name-too-long"
  | "too-many-pointers"
  | "bad-rdata"
  | "bad-edns"
  | "bad-option"
  | "bad-tsig"; // malformed; or there is none that is good where one must be

const faults: Readonly<Record<DnsErrorCode, readonly [section: string, text: string]>> = {
  truncated: ["RFC 1035 §4.1", "it ends too early"],
  "trailing-octets": ["RFC 1035 §4.1", "octets are left over"],
  "bad-label": ["RFC 1035 §4.1.4", "a label has an unknown type"],
  "bad-pointer": ["RFC 1035 §4.1.4", "a compression pointer does not point strictly backwards"],
  "name-too-long": ["RFC 1035 §2.3.4", "a name has more than 255 octets"],
  "too-many-pointers": ["RFC 1035 §4.1.4", "a name follows too many compression pointers"],
  "bad-rdata": ["RFC 1035 §3.2.1", "the data of a record are malformed"],
  "bad-edns": ["RFC 6891 §6.1.1", "the OPT record is malformed"],
  "bad-option": ["RFC 6891 §6.1.2", "an EDNS option is malformed"],
  "bad-tsig": ["RFC 8945 §5.2", "the TSIG record is not as it must be"],
};

/** A peer sent what is no DNS message; a server answers it with FORMERR, if it has an id, and a client drops it. */
export class DnsProtocolError extends ProtocolError<DnsErrorCode> {
  constructor(code: DnsErrorCode, detail?: string, section: string = faults[code][0]) {
    const more = detail === undefined ? "" : ` (${detail})`;
    super(code, `Cannot read the DNS message: ${faults[code][1]}${more}`, { section });
  }
}

/** What can be wrong with names, records and master files that were written as text. */
export type DnsTextErrorCode =
  | "bad-escape"
  | "bad-name"
  | "bad-value"
  | "missing-value"
  | "surplus-value"
  | "unbalanced" // a quote or a parenthesis that nobody closes, or opened
  | "unknown-type"
  | "too-large"
  | "bad-directive"
  | "no-include"; // the file is not given, or includes itself without end

/** Where in a text something stands. Both count from 1; a column counts UTF-16 units. */
export interface DnsTextPosition {
  /** The name of the file, where the text is one of several. */
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
}

/** `line 3, column 7`, with the file before it where there is one. */
export function formatTextPosition({ file, line, column }: DnsTextPosition): string {
  return `${file === undefined ? "" : `${quote(file)}, `}line ${line}, column ${column}`;
}

/** Text that is no name, record or master file (RFC 1035 §5.1). */
export class DnsTextError extends HawserError<DnsTextErrorCode> {
  /** Where the fault is, when the text had a place. */
  readonly position: DnsTextPosition | undefined;

  constructor(
    code: DnsTextErrorCode,
    message: string,
    options?: ErrorOptions & { position?: DnsTextPosition | undefined },
  ) {
    super(code, message, options);
    this.position = options?.position;
  }
}
