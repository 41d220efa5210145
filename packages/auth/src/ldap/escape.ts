/** Escapes a value for a search filter (RFC 4515 §3), so that a name can never become a part of the filter. */
export function escapeLdapFilter(value: string): string {
  return value.replace(/[\0()*\\\x80-\u{10ffff}]/gu, escapeOctets);
}

/** Escapes a value for a distinguished name (RFC 4514 §2.4), so that a name can never become another entry. */
export function escapeLdapDn(value: string): string {
  return value
    .replace(/[\0\\"+,;<>=#]/g, (character) => (character === "\0" ? "\\00" : `\\${character}`))
    .replace(/^ | $/g, "\\ ");
}

/** Puts a user name in the place of each `{user}`. */
export function fillLdapTemplate(template: string, user: string, escaped: (value: string) => string): string {
  return template.replaceAll("{user}", () => escaped(user));
}

function escapeOctets(character: string): string {
  return [...Buffer.from(character)].map((octet) => `\\${octet.toString(16).padStart(2, "0")}`).join("");
}
