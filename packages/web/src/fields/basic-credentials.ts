import type { HttpAuthentication } from "./authentication.ts";

/** A user and a password, as the Basic scheme carries them (RFC 7617). */
export interface HttpBasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** Reads Basic credentials, as UTF-8; `undefined` when they are of another scheme or malformed. */
export function parseBasicCredentials(credentials: HttpAuthentication): HttpBasicCredentials | undefined {
  if (credentials.scheme !== "basic" || !/^[A-Za-z0-9+/]+={0,2}$/.test(credentials.token68 ?? "")) return undefined;
  const text = Buffer.from(credentials.token68!, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0 || /[\x00-\x1f\x7f]/.test(text)) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Writes Basic credentials (RFC 7617 §2).
 * @throws {TypeError} when the user contains a colon, or either contains a control character
 */
export function formatBasicCredentials(login: HttpBasicCredentials): HttpAuthentication {
  if (login.user.includes(":")) throw new TypeError("Cannot make Basic credentials: the user contains a colon");
  const text = `${login.user}:${login.password}`;
  if (/[\x00-\x1f\x7f]/.test(text)) throw new TypeError("Cannot make Basic credentials: control characters");
  return { scheme: "basic", token68: Buffer.from(text, "utf8").toString("base64"), parameters: new Map() };
}
