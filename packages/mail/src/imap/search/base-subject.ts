import { decodeEncodedWords } from "@hawser/mime";

/** A subject without what replies and forwards add to it (RFC 5256 §2.1). */
export function baseSubject(subject: string): { readonly base: string; readonly isReply: boolean } {
  let text = decodeEncodedWords(subject).replace(/\s+/g, " ").trim();
  let isReply = false;
  for (;;) {
    const before = text;
    while (/\(fwd\)$/i.test(text)) {
      text = text.slice(0, -5).trimEnd();
      isReply = true;
    }
    const reply = /^(?:re|fwd?) ?(?:\[[^[\]]{0,200}\] ?)?:/i.exec(text);
    if (reply !== null) {
      text = text.slice(reply[0].length).trimStart();
      isReply = true;
    }
    const blob = /^\[[^[\]]{0,200}\] ?/.exec(text);
    if (blob !== null && text.length > blob[0].length) text = text.slice(blob[0].length);
    if (/^\[fwd:/i.test(text) && text.endsWith("]")) {
      text = text.slice(5, -1).trim();
      isReply = true;
    }
    if (text === before) return { base: text.toLowerCase(), isReply };
  }
}
