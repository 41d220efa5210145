import { ConnectionError, type Reactor } from "@hawser/core";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { DnsRcode } from "../../words.ts";
import { type DigAnswer, digAnswer } from "./answer.ts";
import type { DigCarrier, DigServer } from "./carrier.ts";
import { digServerText } from "./footnotes.ts";
import type { DigPage } from "./page.ts";
import { type DigQuestion, digQuestion } from "./question.ts";
import type { DigGlobals, DigSettings } from "./settings.ts";

/** What asking takes. */
export interface DigMeans {
  readonly reactor: Reactor;
  readonly carrier: DigCarrier;
  readonly page: DigPage;
  readonly globals: DigGlobals;
  readonly key: TsigKey | undefined;
  /** Eight octets that servers know us by. */
  readonly cookie: Uint8Array;
}

/** A question for a name, until somebody has answered it. */
export class DigAsking {
  readonly #means: DigMeans;
  readonly #name: DomainName;
  #settings: DigSettings;
  /** How often it was put in other words: a server must not keep us busy. */
  #rephrased = 0;

  constructor(means: DigMeans, name: DomainName, settings: DigSettings) {
    this.#means = means;
    this.#name = name;
    this.#settings = settings;
  }

  /** The first answer that counts; `undefined` when nobody gave one, which was told. */
  async run(servers: readonly DigServer[]): Promise<DigAnswer | undefined> {
    const left = [...servers];
    for (let tries = this.#settings.tries; tries > 0; tries--) {
      for (const server of [...left]) {
        const answer = await this.#attempt(server);
        const isLast = left.at(-1) === server;
        if (answer === undefined) continue;
        if (this.#settings.takesServFail || isLast || answer.message?.rcode !== DnsRcode.servFail) return answer;
        left.splice(left.indexOf(server), 1);
      }
    }
    return undefined;
  }

  /** One server, until it has said all it has to say to this question. */
  async #attempt(server: DigServer): Promise<DigAnswer | undefined> {
    for (;;) {
      const answer = await this.#ask(server);
      if (answer === undefined || !this.#rephrase(answer)) return answer;
    }
  }

  async #ask(server: DigServer): Promise<DigAnswer | undefined> {
    const { reactor, carrier, page, key } = this.#means;
    const settings = this.#settings;
    const question = this.#question();
    page.sending(question, settings, asMessage(question));
    const began = reactor.clock.now();
    try {
      const octets = await carrier.ask(question.octets, server, settings, this.#timeoutMs);
      const elapsedMs = reactor.clock.now() - began;
      const cameAt = reactor.clock.wall();
      const { transport } = settings;
      const answer = digAnswer({ octets, question, server, transport, cameAt, elapsedMs }, key);
      if (answer.badSignature !== undefined) page.fault(`Couldn't verify signature: ${answer.badSignature}`);
      return answer;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      page.fault(failureText(error, server, this.#name, settings));
      return undefined;
    }
  }

  #question(): DigQuestion {
    const { reactor, cookie, key } = this.#means;
    const now = reactor.clock.wall();
    return digQuestion(this.#name, { settings: this.#settings, random: reactor.random, cookie, key, now });
  }

  get #timeoutMs(): number {
    return this.#means.globals.timeoutMs ?? (this.#settings.transport === "udp" ? 5_000 : 10_000);
  }

  /** Whether the question must be put again, in other words: over TCP, in another version of EDNS, with a cookie. */
  #rephrase(answer: DigAnswer): boolean {
    const { message, transport } = answer;
    const settings = this.#settings;
    if (message === undefined || this.#rephrased >= rephrasedMax) return false;
    if (message.truncated && transport === "udp" && !settings.ignoreTruncation)
      return this.#again({ transport: "tcp" }, "Truncated, retrying in TCP mode.");
    if (message.rcode === DnsRcode.badVers && settings.ednsNegotiation) return this.#otherVersion(message);
    if (message.rcode === DnsRcode.badCookie && settings.retriesBadCookie) return this.#otherCookie(answer, message);
    return false;
  }

  #otherVersion({ edns }: DnsMessage): boolean {
    if (edns === undefined || edns.version >= (this.#settings.edns ?? 0)) return false;
    return this.#again({ edns: edns.version }, `BADVERS, retrying with EDNS version ${edns.version}.`);
  }

  /** What the server said as its part of the cookie is said back to it; then TCP, where nobody needs one (RFC 7873 §5.3). */
  #otherCookie(answer: DigAnswer, { edns }: DnsMessage): boolean {
    const settings = this.#settings;
    const cookie = edns?.options.find((option) => option.type === "cookie");
    if (cookie?.server === undefined) return false;
    if (settings.showBadCookie) this.#means.page.answer(answer, settings);
    const whole = Buffer.concat([cookie.client, cookie.server]);
    const isSecond = this.#rephrased > 0;
    const text = `BADCOOKIE, retrying${isSecond ? " in TCP mode" : ""}.`;
    return this.#again({ cookie: whole, ...(isSecond && { transport: "tcp" as const }) }, text);
  }

  #again(change: Partial<DigSettings>, remark: string): boolean {
    this.#means.page.remark(remark, this.#settings);
    this.#settings = { ...this.#settings, ...change };
    this.#rephrased++;
    return true;
  }
}

/** Once each: TCP, EDNS, cookie, and a cookie over TCP. */
const rephrasedMax = 4;

function asMessage({ octets }: DigQuestion): DnsMessage {
  return decodeDnsMessage(octets);
}

function failureText(error: ConnectionError, server: DigServer, name: DomainName, { transport }: DigSettings): string {
  const { host, port } = server;
  const reason = reasons[error.code] ?? error.message;
  if (transport === "udp") return `communications error to ${host}#${port}: ${reason}`;
  const asked = name.isRoot ? "." : String(name).slice(0, -1);
  return `Connection to ${digServerText(server)} for ${asked} failed: ${reason}.`;
}

const reasons: Partial<Record<ConnectionError["code"], string>> = {
  "bad-certificate": "certificate cannot be verified",
  "handshake-failed": "TLS handshake failed",
  refused: "connection refused",
  reset: "end of file",
  "timed-out": "timed out",
  unreachable: "host unreachable",
};
