import { bodyOf, type MimePart, type ReceivedMessage, readMessage } from "@hawser/mime";
import { mailLocalInlineOctetsMax } from "../limits.ts";

/**
 * What HTML of strangers may do: show text, style and pictures that came with it. It has an origin of its own, no script, no
 * form and no frame; links open another page. With `remote`, pictures, fonts and styles are loaded from everywhere.
 */
export function mailHtmlPolicy(remote: boolean): string {
  const elsewhere = remote ? " http: https:" : "";
  return [
    "sandbox allow-popups allow-popups-to-escape-sandbox",
    "default-src 'none'",
    `img-src data:${elsewhere}`,
    `style-src 'unsafe-inline'${elsewhere}`,
    `font-src data:${elsewhere}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; ");
}

/** The HTML of a message, as a page: pictures that came with it are in it, and links open elsewhere. Empty: it has none. */
export function mailHtmlPage(octets: Uint8Array): string {
  const message = readMessage(octets);
  if (message.html === undefined) return "";
  const html = withPictures(message.html, message, octets);
  const head = '<base target="_blank"><meta name="color-scheme" content="light">';
  const doctype = /^\s*<!doctype[^>]*>/i.exec(html)?.[0] ?? "";
  return `${doctype}${head}${html.slice(doctype.length)}`;
}

/** Whether something of a page would be loaded from elsewhere. */
export function hasRemote(html: string): boolean {
  return /(?:src|background|srcset|poster)\s*=\s*["']?\s*(?:https?:)?\/\/|url\(\s*["']?\s*(?:https?:)?\/\/|<link\b[^<>]*href\s*=\s*["']?\s*(?:https?:)?\/\//i.test(
    html,
  );
}

/** Puts pictures in the place of `cid:` (RFC 2392), until there are too many. */
function withPictures(html: string, { tree }: ReceivedMessage, octets: Uint8Array): string {
  const pictures = picturesOf(tree);
  let left = mailLocalInlineOctetsMax;
  return html.replace(/(["'(=]\s*)cid:([^"'()\s<>]+)/gi, (all, before: string, id: string) => {
    const part = pictures.get(id) ?? pictures.get(unescaped(id));
    if (part === undefined) return all;
    const content = bodyOf(part, octets);
    left -= content.length;
    if (left < 0) return all;
    return `${before}data:${part.contentType.value};base64,${Buffer.from(content).toString("base64")}`;
  });
}

function picturesOf(part: MimePart, found: Map<string, MimePart> = new Map()): ReadonlyMap<string, MimePart> {
  const id = /<([^<>\s]+)>/.exec(part.header.get("content-id") ?? "")?.[1];
  if (id !== undefined && /^image\/[\w.+-]+$/.test(part.contentType.value)) found.set(id, part);
  for (const inner of part.parts) picturesOf(inner, found);
  return found;
}

function unescaped(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
