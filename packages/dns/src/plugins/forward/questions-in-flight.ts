import { type DnsRequest, dnsPeerHost } from "../../serving/request.ts";
import type { Upstream } from "./upstream.ts";

/** How often one peer may wait for the same answer: more than a client repeats itself, and an end to every circle. */
const sameMax = 32;

/** Finds out when a question comes back, because servers forward to each other in a circle. */
export class QuestionsInFlight {
  /** How many of those who wait for a question's answer there are, by question. */
  readonly #questions = new Map<string, number>();
  /** The same, for each peer by itself. */
  readonly #askers = new Map<string, number>();

  /**
   * Counts a question.
   *
   * @returns counts it no more; `undefined` when the question has come back: from a server that it may be waiting for itself,
   * or again and again from the same peer
   */
  begin(request: DnsRequest, upstreams: readonly Upstream[]): (() => void) | undefined {
    const { name, type, class: of } = request.query;
    const host = dnsPeerHost(request);
    const question = `${name.key}${type} ${of}`;
    const asker = `${host} ${question}`;
    const isFromUpstream = upstreams.some(({ place }) => place.host === host);
    if (isFromUpstream && this.#questions.has(question)) return undefined;
    if ((this.#askers.get(asker) ?? 0) >= sameMax) return undefined;
    count(this.#questions, question, 1);
    count(this.#askers, asker, 1);
    return () => {
      count(this.#questions, question, -1);
      count(this.#askers, asker, -1);
    };
  }
}

function count(counts: Map<string, number>, key: string, more: number): void {
  const now = (counts.get(key) ?? 0) + more;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}
