import { saslFault } from "../errors.ts";
import { saslLimits } from "../limits.ts";

/**
 * Reads the messages of DIGEST-MD5: `name=value` or `name="value"`, with commas and blanks between them (RFC 2831 §7.1).
 * @throws {SaslProtocolError}
 */
export function parseDigestDirectives(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  directive.lastIndex = 0;
  for (let at = 0; at < text.length; at = directive.lastIndex) {
    const [whole, name, quoted, token] = directive.exec(text) ?? [];
    if (whole === undefined || found.size === saslLimits.fieldsMax) throw unreadable("it is no list of directives");
    if (name === undefined) continue;
    const key = name.toLowerCase();
    // Several realms may be offered; the first is taken. Nothing else may come twice.
    if (found.has(key) && key !== "realm") throw unreadable(`${key} comes twice`);
    if (!found.has(key)) found.set(key, token ?? quoted!.replace(/\\(.)/gs, "$1"));
  }
  return found;
}

/** Writes one directive whose value is quoted. */
export function quotedDirective(name: string, value: string): string {
  return `${name}="${value.replace(/["\\]/g, "\\$&")}"`;
}

function unreadable(why: string): Error {
  return saslFault("bad-message", `Cannot read the message: ${why}`, "RFC 2831 §7.1");
}

const directive =
  /[ \t\r\n]*(?:([A-Za-z-]{1,32})[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"|([^\s",\\]+))[ \t\r\n]*)?(?:,|$)/gsy;
