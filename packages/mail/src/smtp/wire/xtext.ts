/** Text that may be in a parameter: `+` and two hex digits for what may not (RFC 3461 §4). */
export function encodeXtext(text: string): string {
  return Buffer.from(text)
    .toString("latin1")
    .replace(/[^!-*,-<>-~]/g, (c) => `+${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** Reads xtext; `undefined` when it is none, or hides CR, LF or NUL. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  const octets = text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /[\r\n\0]/.test(octets) ? undefined : Buffer.from(octets, "latin1").toString();
}
