import { HawserError, quote } from "@hawser/core";
import type { CryptoKey, JWK, JWTVerifyGetKey } from "jose";
import { loadOptional } from "../optional-package.ts";

/**
 * Where the keys of an issuer are: published as a JWK set at a URL, given as one, as a public key in PEM, or a secret that
 * the issuer shares with us.
 */
export type BearerKeySource =
  | { readonly url: string }
  | { readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } }
  | { readonly pem: string; readonly algorithm: string }
  | { readonly secret: string | Uint8Array };

/** Keys that can be looked up, and whether they are a shared secret. */
export interface BearerKeyRing {
  readonly lookUp: JWTVerifyGetKey;
  readonly isShared: boolean;
}

/** The keys of an issuer cannot be had. */
export class BearerKeysError extends HawserError<"bad-discovery" | "weak-secret"> {}

/** Finds the keys of an issuer once. What failed is tried again at the next login. */
export class BearerKeys {
  readonly #issuer: string;
  readonly #source: BearerKeySource | undefined;
  readonly #fetch: typeof globalThis.fetch;
  #ring: Promise<BearerKeyRing> | undefined;

  constructor(issuer: string, source: BearerKeySource | undefined, fetch: typeof globalThis.fetch) {
    this.#issuer = issuer;
    this.#source = source;
    this.#fetch = fetch;
    if (source !== undefined && "secret" in source) checkSecret(source.secret);
  }

  find(signal: AbortSignal | undefined): Promise<BearerKeyRing> {
    this.#ring ??= this.#load(signal).catch((error: unknown) => {
      this.#ring = undefined;
      throw error;
    });
    return this.#ring;
  }

  async #load(signal: AbortSignal | undefined): Promise<BearerKeyRing> {
    const jose = await loadOptional("jose", "verify a token", () => import("jose"));
    const source = this.#source ?? { url: await this.#discover(signal) };
    if ("secret" in source) return { lookUp: async () => Buffer.from(source.secret), isShared: true };
    if ("pem" in source) {
      const key: CryptoKey = await jose.importSPKI(source.pem, source.algorithm);
      return { lookUp: async () => key, isShared: false };
    }
    if ("jwks" in source)
      return { lookUp: jose.createLocalJWKSet({ keys: [...source.jwks.keys] as JWK[] }), isShared: false };
    const lookUp = jose.createRemoteJWKSet(new URL(source.url), { [jose.customFetch]: this.#fetch });
    return { lookUp, isShared: false };
  }

  /** OpenID Connect Discovery 1.0 §4: the document must name the issuer it was asked of, and keys that come protected. */
  async #discover(signal: AbortSignal | undefined): Promise<string> {
    const url = `${this.#issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const response = await this.#fetch(url, { signal: signal ?? null, redirect: "error" });
    if (!response.ok) throw this.#undiscovered(`${quote(url)} answers ${response.status}`);
    const text = await response.text();
    if (text.length > documentCharactersMax) throw this.#undiscovered(`${quote(url)} is too long`);
    const { issuer, jwks_uri: keys } = parseDocument(text);
    if (issuer !== this.#issuer) throw this.#undiscovered(`${quote(url)} is of another issuer`);
    if (typeof keys !== "string" || !/^https:|^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(keys))
      throw this.#undiscovered(`${quote(url)} names no keys behind https`);
    return keys;
  }

  #undiscovered(fault: string): BearerKeysError {
    return new BearerKeysError("bad-discovery", `Cannot find the keys of ${quote(this.#issuer)}: ${fault}`);
  }
}

function parseDocument(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch (cause) {
    throw new BearerKeysError("bad-discovery", "Cannot find the keys of an issuer: its configuration is no JSON", {
      cause,
    });
  }
}

function checkSecret(secret: string | Uint8Array): void {
  if (Buffer.from(secret).length < 32)
    throw new BearerKeysError(
      "weak-secret",
      "Cannot verify tokens with a secret of fewer than 32 octets (RFC 7518 §3.2)",
    );
}

/** Real ones have 2 to 10 kB. */
const documentCharactersMax = 262_144;
