import { type Clock, ConnectionError, parseIp, withDeadline } from "@hawser/core";
import type { DnsLookups } from "../../sender/lookups/lookups.ts";
import type { SmtpRecipient, SmtpSession, SmtpVerdict } from "../../smtp/backend.ts";
import { smtpAccept, smtpReject } from "../../smtp/errors.ts";
import { peerIp } from "../service/arrival.ts";
import { type MailPolicyOptions, MailPolicyScope } from "./peer.ts";
import type { MailPolicy } from "./policy.ts";

/** A list in the DNS (RFC 5782). */
export interface MailDnsListZone {
  /** `zen.example.net` */
  readonly zone: string;
  /** What it counts that an address is there. Default 1; less than 0 for a list of good ones. */
  readonly score?: number | undefined;
  /**
   * Which answers count: `127.0.0.2`, or `127.0.0.4-7` for a range in the last place. Default: all in 127.0.0.0/8 but
   * 127.255.255.0/24, with which some lists say that they do not answer us.
   */
  readonly codes?: readonly string[] | undefined;
}

/** How lists in the DNS are asked. */
export interface MailDnsListsOptions extends MailPolicyOptions {
  readonly lookups: DnsLookups;
  readonly clock: Clock;
  readonly zones: readonly MailDnsListZone[];
  /** Whoever has so many points, or more, is refused. Default 1. */
  readonly threshold?: number | undefined;
  /** What has not answered by then counts nothing. Default 5,000 ms. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Refuses mail from addresses that lists in the DNS know. They are asked when somebody connects, all at once, and what they say is
 * waited for when a recipient is named; a list that does not answer keeps nobody out.
 * @throws {RangeError} for a code that is none
 */
export function mailDnsLists(options: MailDnsListsOptions): MailPolicy {
  const { zones, threshold = 1 } = options;
  const scope = new MailPolicyScope(options);
  const lists = zones.map((zone) => new DnsList(zone, options));
  const asked = new WeakMap<SmtpSession, Promise<readonly ListedIn[]>>();
  const ask = (session: SmtpSession): Promise<readonly ListedIn[]> => {
    const octets = scope.peer(session);
    const answer =
      octets === undefined ? Promise.resolve([]) : Promise.all(lists.map((list) => list.ask(octets, session.signal)));
    answer.catch(() => {}); // told to whoever names a recipient
    asked.set(session, answer);
    return answer;
  };
  return {
    connected: (session) => void ask(session),
    recipient: async (to: SmtpRecipient, session: SmtpSession): Promise<SmtpVerdict> => {
      if (scope.peerFor(to, session) === undefined) return smtpAccept;
      const found = (await (asked.get(session) ?? ask(session))).filter(({ score }) => score !== 0);
      const sum = found.reduce((points, { score }) => points + score, 0);
      if (found.length === 0 || sum < threshold) return smtpAccept;
      const names = found.filter(({ score }) => score > 0).map(({ zone }) => zone);
      return smtpReject(`550 5.7.1 Your address ${peerIp(session)} is listed by ${names.join(" and ")}`);
    },
  };
}

/** What one list says. */
interface ListedIn {
  readonly zone: string;
  readonly score: number;
}

class DnsList {
  readonly #zone: string;
  readonly #score: number;
  readonly #codes: readonly CodeRange[] | undefined;
  readonly #options: MailDnsListsOptions;

  constructor({ zone, score = 1, codes }: MailDnsListZone, options: MailDnsListsOptions) {
    this.#zone = zone.replace(/\.$/, "");
    this.#score = score;
    this.#codes = codes?.map(readCode);
    this.#options = options;
  }

  /** Never rejects: what goes wrong is no listing. */
  async ask(octets: Uint8Array, signal: AbortSignal): Promise<ListedIn> {
    const { lookups, clock, timeoutMs = 5_000 } = this.#options;
    const name = `${reversed(octets)}.${this.#zone}`;
    const none = { zone: this.#zone, score: 0 };
    try {
      const answer = await withDeadline(clock, timeoutMs, (both) => lookups.lookUp(name, "A", { signal: both }), {
        signal,
      });
      const isListed = answer.type === "found" && answer.values.some((value) => this.#counts(value));
      return isListed ? { zone: this.#zone, score: this.#score } : none;
    } catch (error) {
      if (error instanceof ConnectionError) return none;
      throw error;
    }
  }

  #counts(value: string): boolean {
    const octets = parseIp(value);
    if (octets?.length !== 4 || octets[0] !== 127) return false;
    if (this.#codes === undefined) return !(octets[1] === 255 && octets[2] === 255);
    const [a, b, c, d] = octets as unknown as [number, number, number, number];
    return this.#codes.some(({ prefix, low, high }) => `${a}.${b}.${c}` === prefix && d >= low && d <= high);
  }
}

interface CodeRange {
  readonly prefix: string;
  readonly low: number;
  readonly high: number;
}

function readCode(text: string): CodeRange {
  const [, prefix, low, high = low] = /^(127\.\d{1,3}\.\d{1,3})\.(\d{1,3})(?:-(\d{1,3}))?$/.exec(text) ?? [];
  if (prefix === undefined)
    throw new RangeError(`Cannot read the code ${text}: write it like 127.0.0.2 or 127.0.0.4-7`);
  return { prefix, low: Number(low), high: Number(high) };
}

/** `2.0.0.127`, or the 32 digits of an IPv6 address (RFC 5782 §2.1, §2.4). */
function reversed(octets: Uint8Array): string {
  if (octets.length === 4) return [...octets].reverse().join(".");
  return [...Buffer.from(octets).toString("hex")].reverse().join(".");
}
