/** Text on one line that steers no terminal, whatever a server has said. */
export function printableLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, "?");
}
