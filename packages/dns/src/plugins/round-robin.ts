import type { DnsEncodedSet } from "../message/answer.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { changeResponse } from "./reply-steps.ts";

/** Begins each answer with another address: most clients take the first, so that all addresses have their share (RFC 1794). */
export function roundRobinPlugin(): DnsPlugin {
  let turn = 0;
  const rotated = (set: DnsEncodedSet): DnsEncodedSet => {
    if (!isWorthRotating(set)) return set;
    const at = turn % set.data.length;
    return { ...set, data: [...set.data.slice(at), ...set.data.slice(0, at)] };
  };
  return {
    name: "round-robin",
    wrap: (next) => (request) =>
      changeResponse(next(request), (response) => {
        if (!response.answers.some(isWorthRotating)) return response;
        turn = (turn + 1) % 0x7fffffff;
        return { ...response, answers: response.answers.map(rotated) };
      }),
  };
}

function isWorthRotating({ type, data }: DnsEncodedSet): boolean {
  return data.length > 1 && (type === DnsType.A || type === DnsType.AAAA);
}
