import type { DigestAlgorithm } from "@hawser/auth/protocol";
import type { HttpAuthentication } from "../fields/authentication.ts";
import { formatBasicCredentials } from "../fields/basic-credentials.ts";
import { httpDigestResponse, httpDigestSecret } from "./digest/response.ts";

/** A user and a password, and the request they are for. */
export interface HttpChallengeAnswerOptions {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  /** The target as the request line has it. */
  readonly uri: string;
  /** How often the nonce is used with this request: 1 the first time. */
  readonly count: number;
  /** 16 octets or more by chance, as text. */
  readonly cnonce: string;
  /** Sends the password itself. Default true: set it to false where there is no TLS. */
  readonly basic?: boolean | undefined;
}

/**
 * Credentials for the best of a server's challenges: Digest with the best hash we know, then Basic. `undefined` when there is
 * nothing to say to any of them.
 */
export function answerHttpChallenges(
  challenges: readonly HttpAuthentication[],
  options: HttpChallengeAnswerOptions,
): HttpAuthentication | undefined {
  const digests = challenges.filter(({ scheme, parameters }) => scheme === "digest" && canAnswer(parameters));
  for (const algorithm of preferred) {
    const challenge = digests.find(({ parameters }) => algorithmOf(parameters) === algorithm);
    if (challenge !== undefined) return answerDigest(algorithm, challenge.parameters, options);
  }
  const hasBasic = challenges.some(({ scheme }) => scheme === "basic");
  return hasBasic && options.basic !== false ? formatBasicCredentials(options) : undefined;
}

function answerDigest(
  algorithm: DigestAlgorithm,
  challenge: ReadonlyMap<string, string>,
  { user, password, method, uri, count, cnonce }: HttpChallengeAnswerOptions,
): HttpAuthentication {
  const [realm, nonce] = [challenge.get("realm") ?? "", challenge.get("nonce") ?? ""];
  const nc = count.toString(16).padStart(8, "0");
  const secret = httpDigestSecret(algorithm, user, realm, password);
  const response = httpDigestResponse(algorithm, secret, { method, uri, nonce, nc, cnonce, qop: "auth" });
  const parameters = new Map([
    ["username", Buffer.from(user).toString("latin1")],
    ["realm", realm],
    ["uri", uri],
    ["algorithm", algorithm],
    ["nonce", nonce],
    ["nc", nc],
    ["cnonce", cnonce],
    ["qop", "auth"],
    ["response", response],
  ]);
  const opaque = challenge.get("opaque");
  if (opaque !== undefined) parameters.set("opaque", opaque);
  return { scheme: "digest", parameters };
}

function canAnswer(parameters: ReadonlyMap<string, string>): boolean {
  return parameters.has("nonce") && /(?:^|[\s,])auth(?:$|[\s,])/.test(parameters.get("qop") ?? "");
}

function algorithmOf(parameters: ReadonlyMap<string, string>): string {
  return (parameters.get("algorithm") ?? "MD5").toUpperCase();
}

/** Best first (RFC 7616 §3.7). */
const preferred: readonly DigestAlgorithm[] = ["SHA-512-256", "SHA-256", "MD5"];
