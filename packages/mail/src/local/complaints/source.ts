import { fieldBody, type MailField, type MimePart, readMimeTree } from "@hawser/mime";
import { mailComplaintFieldCharactersMax, mailComplaintLinesMax } from "../limits.ts";
import type { MailComplaint } from "./complaint.ts";
import { MailComplaintList } from "./list.ts";
import { type MailComplaintCode, type MailComplaintRule, mailComplaintRules } from "./rules.ts";

/** What is known of a message beside its octets. What is absent is not looked at. */
export interface MailComplaintFacts {
  /** Milliseconds since 1970. */
  readonly now?: number | undefined;
  /** What MAIL said (RFC 6152). */
  readonly body?: "7BIT" | "8BITMIME" | "BINARYMIME" | undefined;
  /** MAIL said SMTPUTF8 (RFC 6531). Default false. */
  readonly utf8?: boolean | undefined;
  /** What MAIL said (RFC 1870). */
  readonly size?: number | undefined;
}

/** What a complaint is about more exactly. */
export interface ComplaintDetails {
  readonly text?: string | undefined;
  readonly excerpt?: string | undefined;
  readonly level?: MailComplaint["level"] | undefined;
  readonly section?: string | undefined;
}

/** How far a message is taken apart to be complained about; deeper ones are not of this world. */
const tree = { depthMax: 20, partsMax: 1_000 };

/** A message that is looked through, and what was found so far. */
export class ComplaintSource {
  readonly octets: Uint8Array;
  /** One character for each octet. */
  readonly text: string;
  readonly tree: MimePart;
  readonly facts: MailComplaintFacts;
  /** Where lines begin. */
  readonly lineStarts: readonly number[];
  readonly #list = new MailComplaintList();

  constructor(octets: Uint8Array, facts: MailComplaintFacts) {
    this.octets = octets;
    this.text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
    this.tree = readMimeTree(octets, tree);
    this.facts = facts;
    this.lineStarts = startsOf(this.text);
  }

  /** @param offset the octet that it is about; `undefined`: the whole message */
  complain(code: MailComplaintCode, offset?: number | undefined, details: ComplaintDetails = {}): void {
    const rule: MailComplaintRule = mailComplaintRules[code];
    this.#list.add({
      code,
      level: details.level ?? rule.level,
      text: details.text ?? rule.text,
      section: details.section ?? rule.section,
      ...(offset !== undefined && { line: this.lineAt(offset) }),
      ...(details.excerpt !== undefined && { excerpt: details.excerpt }),
    });
  }

  /** By the lines that they are about; those about the whole message first. */
  complaints(): readonly MailComplaint[] {
    return [...this.#list.take()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  /** The number of the line, from 1, that an octet is in. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** The fields of a part's header, each with its first octet. */
  *fields(part: MimePart): Generator<readonly [field: MailField, offset: number], void> {
    let offset = part.start;
    for (const field of part.header.fields) {
      yield [field, offset];
      offset += field.octets.length;
    }
  }

  /** What a field says, cut where it is longer than anybody's: what is looked for takes time. */
  body(field: MailField): string {
    return fieldBody(field).slice(0, mailComplaintFieldCharactersMax);
  }

  /** The first octet of a part's field of this name. */
  offsetOf(part: MimePart, name: string): number {
    for (const [field, offset] of this.fields(part)) if (field.name.toLowerCase() === name) return offset;
    return part.start;
  }
}

/** Up to so many: a message of nothing but line ends is no reason to keep a number for every octet. */
function startsOf(text: string): readonly number[] {
  const starts = [0];
  let feed = text.indexOf("\n");
  while (feed !== -1 && feed + 1 < text.length && starts.length < mailComplaintLinesMax) {
    starts.push(feed + 1);
    feed = text.indexOf("\n", feed + 1);
  }
  return starts;
}
