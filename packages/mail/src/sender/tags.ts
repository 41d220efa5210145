/**
 * Reads a list of tags, `v=1; a=rsa-sha256; …` (RFC 6376 §3.2). `undefined` when it breaks the grammar, or says a tag twice.
 * Values keep the space within them.
 */
export function parseTagList(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const specs = text.split(";");
  if (isBlank(specs.at(-1)!)) specs.pop();
  for (const spec of specs) {
    const equals = spec.indexOf("=");
    const name = spec.slice(0, Math.max(equals, 0)).trim();
    if (!/^[A-Za-z]\w*$/.test(name) || tags.has(name)) return undefined;
    tags.set(name, spec.slice(equals + 1).trim());
  }
  return tags;
}

/** A value without the space that may fold it (RFC 6376 §3.2). */
export function withoutSpace(value: string): string {
  return value.replace(/[ \t\r\n]+/g, "");
}

/** The octets of base64 that may be folded (RFC 6376 §2.10); `undefined` when it is none. */
export function foldedBase64(value: string): Uint8Array | undefined {
  const text = withoutSpace(value);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 !== 1 ? Buffer.from(text, "base64") : undefined;
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}
