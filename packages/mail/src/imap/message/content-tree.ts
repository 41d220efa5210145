import { type MimePart, MimeTreeReader } from "@hawser/mime";
import type { MailBeginning } from "../../store/store.ts";

const lineFeed = 10;
const carriageReturn = 13;

/**
 * A message by its header alone: where that begins and ends, and what is in it; of its parts nothing is told. `undefined`: its
 * end has not been read.
 */
export function contentTree({ octets, isWhole }: MailBeginning): MimePart | undefined {
  const end = headerEnd(octets);
  if (end === undefined && !isWhole) return undefined;
  const reader = new MimeTreeReader({ depthMax: 0, partsMax: 1 });
  reader.receive(octets.subarray(0, end));
  return reader.end();
}

/** One past the empty line; `undefined` where there is none. */
function headerEnd(octets: Uint8Array): number | undefined {
  for (let start = 0; start < octets.length; ) {
    const feed = octets.indexOf(lineFeed, start);
    if (feed === -1) return undefined;
    if (feed === start || (feed === start + 1 && octets[start] === carriageReturn)) return feed + 1;
    start = feed + 1;
  }
  return undefined;
}
