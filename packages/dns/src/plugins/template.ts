import { DnsTextError } from "../errors.ts";
import type { DnsRecord } from "../records/record.ts";
import { parseDnsRecord } from "../records/text.ts";
import { DnsType, type DnsTypeName, type DnsUnknownTypeName, dnsTypeNumber } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { type DnsReply, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsOpcode } from "../words.ts";
import { lowerText } from "./names.ts";

/** What {@link templatePlugin} answers, and to whom. */
export interface DnsTemplate {
  /**
   * Holds for the name in lower case without its last dot, escapes as in master files. The name has 1,004 characters at most;
   * whether the pattern can take long with so many is up to who writes it.
   */
  readonly match: RegExp;
  /** Default: all; for those that no record is made of, there are no data. */
  readonly types?: readonly (DnsTypeName | DnsUnknownTypeName)[] | undefined;
  /**
   * Records: text in which `$0` is the name and `$1`, `$<part>` what parts of the pattern matched, or a function; what is
   * `undefined`, or no record after all, goes to the next plugin.
   */
  readonly answer:
    | string
    | readonly string[]
    | ((match: RegExpExecArray, request: DnsRequest) => readonly DnsRecord[] | DnsResponse | undefined);
  /** A SOA record and the like, to go with denials; text as in `answer`. */
  readonly authority?: string | readonly string[] | undefined;
  /** Default 0. */
  readonly rcode?: number | undefined;
}

/**
 * Makes records of the names that are asked for.
 *
 * ```ts no-run
 * templatePlugin({
 *   match: /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.example$/,
 *   answer: "$0. 60 IN A $1.$2.$3.$4",
 * });
 * ```
 */
export function templatePlugin(templates: DnsTemplate | readonly DnsTemplate[]): DnsPlugin {
  const all = ([templates].flat() as readonly DnsTemplate[]).map((one) => new Template(one));
  return {
    name: "template",
    wrap: (next) => (request) => answerOf(all, request) ?? next(request),
  };
}

function answerOf(templates: readonly Template[], request: DnsRequest): DnsReply | undefined {
  if (request.query.opcode !== DnsOpcode.query) return undefined;
  const text = lowerText(request.query.name);
  for (const template of templates) {
    const response = template.answer(text, request);
    if (response !== undefined) return response;
  }
  return undefined;
}

class Template {
  readonly #match: RegExp;
  readonly #types: ReadonlySet<number> | undefined;
  readonly #answer: DnsTemplate["answer"];
  readonly #authority: readonly string[];
  readonly #rcode: number;

  constructor({ match, types, answer, authority = [], rcode = 0 }: DnsTemplate) {
    this.#match = new RegExp(match.source, match.flags.replace(/[gy]/g, "")); // these remember where they were
    this.#types = types && new Set(types.map((type) => dnsTypeNumber(type)));
    this.#answer = answer;
    this.#authority = [authority].flat();
    this.#rcode = rcode;
  }

  answer(text: string, request: DnsRequest): DnsResponse | undefined {
    const { type } = request.query;
    if (this.#types?.has(type) === false) return undefined;
    const match = this.#match.exec(text);
    if (match === null) return undefined;
    const made =
      typeof this.#answer === "function" ? this.#answer(match, request) : recordsOf([this.#answer].flat(), match);
    if (made === undefined || "rcode" in made) return made;
    const isAsked = (one: { readonly type: number }): boolean => type === DnsType.ANY || isAnswerTo(one.type, type);
    const answers = encodeDnsSets(made).filter(isAsked);
    const authorities = answers.length > 0 ? [] : encodeDnsSets(recordsOf(this.#authority, match) ?? []);
    return dnsResponse({ rcode: this.#rcode, authoritative: true, answers, authorities });
  }
}

function isAnswerTo(type: number, asked: number): boolean {
  return type === asked || type === DnsType.CNAME || type === DnsType.DNAME;
}

/** `undefined` when what the name holds makes no record, such as an address of 999. */
function recordsOf(texts: readonly string[], match: RegExpExecArray): readonly DnsRecord[] | undefined {
  try {
    return texts.map((text) => parseDnsRecord(expanded(text, match)));
  } catch (error) {
    if (error instanceof DnsTextError) return undefined;
    throw error;
  }
}

/** Puts in what was matched. `$$` is a dollar. */
function expanded(text: string, match: RegExpExecArray): string {
  return text.replace(/\$(?:\$|(\d{1,2})|<(\w+)>)/g, (_whole, number?: string, name?: string) => {
    if (number !== undefined) return match[Number(number)] ?? "";
    return name === undefined ? "$" : (match.groups?.[name] ?? "");
  });
}
