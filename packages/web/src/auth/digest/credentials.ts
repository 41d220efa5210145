import type { DigestAlgorithm } from "@hawser/auth/protocol";
import type { HttpAuthentication } from "../../fields/authentication.ts";
import { parseExtendedValue } from "../../fields/extended-value.ts";
import type { HttpDigestFacts } from "./response.ts";

/** What a client says with Digest (RFC 7616 §3.4). */
export interface HttpDigestCredentials extends Omit<HttpDigestFacts, "method"> {
  readonly user: string;
  readonly realm: string;
  readonly algorithm: DigestAlgorithm;
  readonly response: string;
  /** {@link HttpDigestFacts.nc} as a number. */
  readonly count: number;
}

/**
 * Reads the credentials of Digest. `undefined` when something is missing or malformed, and for what we do not offer:
 * `-sess`, `auth-int`, a hashed user, and responses without `qop`, which RFC 2617 still allowed.
 */
export function parseDigestCredentials({ parameters }: HttpAuthentication): HttpDigestCredentials | undefined {
  const get = (name: string) => parameters.get(name) ?? "";
  const user = userOf(parameters);
  const algorithm = algorithms[get("algorithm").toUpperCase() || "MD5"];
  const [nc, response, qop] = [get("nc"), get("response").toLowerCase(), get("qop")];
  const isHashed = get("userhash").toLowerCase() === "true";
  if (user === undefined || isHashed || algorithm === undefined || qop !== "auth") return undefined;
  if (!/^[0-9a-f]{8}$/i.test(nc) || !/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(response)) return undefined;
  const [realm, nonce, uri, cnonce] = [get("realm"), get("nonce"), get("uri"), get("cnonce")];
  if (nonce === "" || uri === "" || cnonce === "") return undefined;
  return { user, realm, algorithm, response, nonce, uri, cnonce, nc, qop, count: Number.parseInt(nc, 16) };
}

/** `username`, or `username*` for names beyond ASCII; never both (RFC 7616 §3.4). Octets are UTF-8. */
function userOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const [plain, extended] = [parameters.get("username"), parameters.get("username*")];
  if (extended !== undefined) return plain === undefined ? parseExtendedValue(extended)?.text : undefined;
  const name = plain && Buffer.from(plain, "latin1").toString("utf8");
  return name && !/[\x00-\x1f\x7f:]/.test(name) ? name : undefined;
}

const algorithms: Readonly<Record<string, DigestAlgorithm>> = Object.assign(Object.create(null), {
  MD5: "MD5",
  "SHA-256": "SHA-256",
  "SHA-512-256": "SHA-512-256",
} satisfies Record<DigestAlgorithm, DigestAlgorithm>);
