const lineFeed = 10;
const carriageReturn = 13;

/** A message's header, its empty line, and so many lines of its body (RFC 1939 §7): no more is read than that. */
export async function* firstLines(
  octets: AsyncIterable<Uint8Array>,
  bodyLines: number,
): AsyncGenerator<Uint8Array, void> {
  let lineIsEmpty = true;
  let isBody = false;
  let left = bodyLines;
  for await (const chunk of octets) {
    let at = 0;
    while (at < chunk.length && !(isBody && left === 0)) {
      const feed = chunk.indexOf(lineFeed, at);
      const end = feed === -1 ? chunk.length : feed + 1;
      const said = chunk.subarray(at, feed === -1 ? end : feed);
      lineIsEmpty &&= said.every((octet) => octet === carriageReturn);
      at = end;
      if (feed === -1) break;
      if (isBody) left--;
      else isBody = lineIsEmpty;
      lineIsEmpty = true;
    }
    if (at > 0) yield chunk.subarray(0, at);
    if (isBody && left === 0) return;
  }
}
