import type { MailDestination } from "../domain.ts";

/** Somebody elsewhere, together with all others who get the message from the same sender. */
export interface ForwardGroup {
  readonly type: "forward";
  readonly from: string;
  /** A list's owner sends, or nobody: who sent it to us hears no more of it (RFC 3461 §5.2.7.3). */
  readonly isAnew: boolean;
  readonly addresses: readonly string[];
}

/** What is delivered at once. */
export type DestinationGroup = Exclude<MailDestination, { type: "forward" }> | ForwardGroup;

/** Puts destinations together that one message in the queue can serve. */
export function grouped(
  to: readonly MailDestination[],
  senderFor: (to: Extract<MailDestination, { type: "forward" }>) => string,
): readonly DestinationGroup[] {
  const groups: DestinationGroup[] = [];
  const forwards = new Map<string, string[]>();
  for (const one of to) {
    if (one.type !== "forward") {
      groups.push(one);
      continue;
    }
    const from = senderFor(one);
    const key = JSON.stringify([from, one.from !== undefined]);
    const addresses = forwards.get(key) ?? [];
    if (addresses.length === 0) groups.push({ type: "forward", from, isAnew: one.from !== undefined, addresses });
    forwards.set(key, addresses);
    addresses.push(one.address);
  }
  return groups;
}
