import type { ScramHash, ScramSecret } from "../credentials.ts";

const names = { sha1: "SCRAM-SHA-1", sha256: "SCRAM-SHA-256", sha512: "SCRAM-SHA-512" } as const;
const octetsOf = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** Spells a secret as directories and PostgreSQL do (RFC 5803 §2): `SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY`. */
export function formatScramSecret({ hash, salt, iterations, storedKey, serverKey }: ScramSecret): string {
  const [s, stored, server] = [salt, storedKey, serverKey].map((octets) => Buffer.from(octets).toString("base64"));
  return `${names[hash]}$${iterations}:${s}$${stored}:${server}`;
}

/** Reads what {@link formatScramSecret} writes; `undefined` when it is none. */
export function parseScramSecret(text: string): ScramSecret | undefined {
  const [, name, iterations, ...parts] = pattern.exec(text) ?? [];
  const hash = (Object.keys(names) as ScramHash[]).find((one) => names[one] === name);
  if (hash === undefined) return undefined;
  const [salt, storedKey, serverKey] = parts.map((part) => Buffer.from(part, "base64"));
  if (storedKey?.length !== octetsOf[hash] || serverKey?.length !== octetsOf[hash]) return undefined;
  return { kind: "scram", hash, salt: salt!, iterations: Number(iterations), storedKey, serverKey };
}

const base64 = "([A-Za-z0-9+/]{4,128}={0,2})";
const pattern = new RegExp(`^(SCRAM-SHA-\\d+)\\$([1-9]\\d{2,7}):${base64}\\$${base64}:${base64}$`);
