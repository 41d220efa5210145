import type { Clock, Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { type BearerKeySource, BearerKeys } from "../bearer/keys.ts";
import type { Checker, Credentials, LoginContext, User, Verdict } from "../credentials.ts";
import { prepareUserName } from "../names.ts";
import { loadOptional } from "../optional-package.ts";

/** Whose tokens are taken, and for whom. */
export interface JwtUsersOptions {
  /** Who must have issued a token: the claim `iss`, octet for octet. */
  readonly issuer: string;
  /** For whom a token must be: one of the claim `aud`. Without it any service of the issuer could use its tokens on us. */
  readonly audience: string | readonly string[];
  /**
   * The keys of the issuer. Default: those it publishes, found as OpenID Connect Discovery says, at
   * `ISSUER/.well-known/openid-configuration`.
   */
  readonly keys?: BearerKeySource | undefined;
  /** Signatures that are taken. Default: those with public keys; with a shared secret HS256 to HS512. */
  readonly algorithms?: readonly string[] | undefined;
  /** The claim with the user's name. Default `sub`: others may be changed by the user, or given to somebody else later. */
  readonly nameClaim?: string | undefined;
  /** The claim with the user's groups, a list of texts. Default `groups`. */
  readonly groupsClaim?: string | undefined;
  /** Claims with a text that become the user's attributes. Default `email` and `name`. */
  readonly attributeClaims?: readonly string[] | undefined;
  /** Claims that must be there, such as `scope`. `exp` always must. */
  readonly requiredClaims?: readonly string[] | undefined;
  /** How much clocks may differ. Default 30,000 ms. */
  readonly toleranceMs?: number | undefined;
  /** Asks for published keys. Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Tells the time. Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
}

/** The longest token that is looked at: most servers of HTTP take 8 kB of header fields. */
const tokenCharactersMax = 16_384;

/**
 * Whoever holds a token that an issuer has signed (JWT, RFC 7519; OpenID Connect). Takes the package `jose`. A token of
 * another issuer is for another checker; a wrong, expired or misdirected one of this issuer is rejected.
 */
export function jwtUsers(options: JwtUsersOptions): Checker {
  return new JwtChecker(options);
}

class JwtChecker implements Checker {
  readonly kinds = ["bearer"] as const;
  readonly #options: JwtUsersOptions;
  readonly #clock: Clock;
  readonly #keys: BearerKeys;

  constructor(options: JwtUsersOptions) {
    this.#options = options;
    this.#clock = (options.reactor ?? nodeReactor).clock;
    this.#keys = new BearerKeys(options.issuer, options.keys, options.fetch ?? globalThis.fetch);
  }

  async check(credentials: Credentials, { signal }: LoginContext): Promise<Verdict> {
    if (credentials.kind !== "bearer" || credentials.token.length > tokenCharactersMax) return { type: "unknown" };
    const { decodeJwt, errors, jwtVerify } = await loadJose();
    try {
      if (decodeJwt(credentials.token).iss !== this.#options.issuer) return { type: "unknown" };
    } catch {
      return { type: "unknown" };
    }
    const key = await this.#keys.find(signal);
    try {
      const { payload } = await jwtVerify(credentials.token, key.lookUp, this.#expectations(key.isShared));
      return this.#judge(payload, credentials.user);
    } catch (error) {
      if (error instanceof errors.JOSEError && isFaultOfToken(error.code)) return { type: "rejected" };
      throw error;
    }
  }

  async problems(): Promise<readonly Error[]> {
    try {
      await this.#keys.find(undefined);
      return [];
    } catch (error) {
      return [error as Error];
    }
  }

  #expectations(isShared: boolean) {
    const { issuer, audience, algorithms, requiredClaims = [], toleranceMs = 30_000 } = this.#options;
    return {
      issuer,
      audience: typeof audience === "string" ? audience : [...audience],
      algorithms: [...(algorithms ?? (isShared ? sharedAlgorithms : publicAlgorithms))],
      requiredClaims: ["exp", ...requiredClaims],
      clockTolerance: toleranceMs / 1000,
      currentDate: new Date(this.#clock.wall()),
    };
  }

  #judge(claims: Readonly<Record<string, unknown>>, wanted: string | undefined): Verdict {
    const claim = claims[this.#options.nameClaim ?? "sub"];
    const name = typeof claim === "string" ? prepareUserName(claim) : undefined;
    const isMeant = wanted === undefined || wanted === "" || prepareUserName(wanted) === name;
    return name !== undefined && isMeant
      ? { type: "accepted", user: this.#userOf(name, claims) }
      : { type: "rejected" };
  }

  #userOf(name: string, claims: Readonly<Record<string, unknown>>): User {
    const { groupsClaim = "groups", attributeClaims = ["email", "name"] } = this.#options;
    const groups = claims[groupsClaim];
    const attributes = attributeClaims.flatMap((claim) => {
      const value = claims[claim];
      return typeof value === "string" ? [[claim, value] as const] : [];
    });
    const texts = Array.isArray(groups) ? groups.filter((group): group is string => typeof group === "string") : [];
    return { name, groups: texts, attributes: Object.fromEntries(attributes) };
  }
}

const publicAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const sharedAlgorithms = ["HS256", "HS384", "HS512"];

async function loadJose(): Promise<typeof import("jose")> {
  return loadOptional("jose", "verify a token", () => import("jose"));
}

/** Everything that is wrong with what was shown; not that the issuer's keys could not be fetched. */
function isFaultOfToken(code: string): boolean {
  return /^ERR_(JWT_|JWS_|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS)/.test(
    code,
  );
}
