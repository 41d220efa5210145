import { mailLocalLinksMax } from "./limits.ts";

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** What people read of HTML, roughly: for the first words of a message, and to look for words in. Never to be shown as HTML. */
export function textOfHtml(html: string): string {
  return decodeEntities(
    html
      .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
      .replace(/<(script|style|head|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
      .replace(/<[^<>]*>/g, " "),
  )
    .replace(/\s+/g, " ")
    .trim();
}

/** Where a message leads: `href` of its HTML, then what looks like an address in its text. Each once. */
export function linksOf(text: string, html: string): readonly string[] {
  const links = new Set<string>();
  for (const [, quoted, single, bare] of html.matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi))
    add(links, decodeEntities(quoted ?? single ?? bare ?? "").trim());
  for (const [link] of text.matchAll(/\bhttps?:\/\/[^\s<>"']{1,2000}/gi)) add(links, link.replace(/[.,;:!?)\]]+$/, ""));
  return [...links];
}

function add(links: Set<string>, link: string): void {
  if (links.size < mailLocalLinksMax && /^(?:https?|mailto):/i.test(link)) links.add(link);
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,5}));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : "�";
  });
}
