import { MailHeader } from "@hawser/mime";

/** A message as a header and what stands behind the empty line after it. */
export interface SplitMessage {
  readonly header: MailHeader;
  readonly body: Uint8Array;
}

/** Parts a message where its header ends: at the first empty line, where {@link MailHeader.parse} ends too. */
export function splitMessage(octets: Uint8Array): SplitMessage {
  for (let at = 0; at < octets.length; ) {
    const next = octets.indexOf(lineFeed, at) + 1 || octets.length;
    const isEmpty =
      next - at === 1
        ? octets[at] === lineFeed
        : next - at === 2 && octets[at] === carriageReturn && octets[at + 1] === lineFeed;
    if (isEmpty) return { header: MailHeader.parse(octets.subarray(0, at)), body: octets.subarray(next) };
    at = next;
  }
  return { header: MailHeader.parse(octets), body: new Uint8Array() };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
