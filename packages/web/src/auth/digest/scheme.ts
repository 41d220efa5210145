import {
  type Checker,
  type DigestAlgorithm,
  type DigestSecret,
  LoginError,
  type PlainSecret,
  userAvatar,
} from "@hawser/auth/protocol";
import { builtIn, HawserError, quote } from "@hawser/core";
import { authenticationInfoField } from "../../fields/authentication.ts";
import { writeField } from "../../fields/field.ts";
import { HttpError } from "../../http/error.ts";
import type { HttpRequest } from "../../http/request.ts";
import type { HttpResponse } from "../../http/response.ts";
import type { MadeLogin, RememberedLogin } from "../login-memory.ts";
import { type HttpEntrance, type HttpLoginScheme, type HttpLoginSite, loginContext } from "../scheme.ts";
import { type HttpDigestCredentials, parseDigestCredentials } from "./credentials.ts";
import type { HttpNonces } from "./nonces.ts";
import { httpDigestResponse, httpDigestSecret, httpDigestServerResponse } from "./response.ts";

/** A nonce that is not ours, too old, or used before: the client may try again without asking its user. */
export class StaleNonceError extends HawserError<"stale"> {
  constructor() {
    super("stale", "Cannot log in: the nonce is stale");
  }
}

/** A proof of the password (RFC 7616), which is not sent itself. */
export function digestScheme(
  site: HttpLoginSite,
  nonces: HttpNonces,
  algorithms: readonly DigestAlgorithm[],
): HttpLoginScheme {
  const { portal, realm } = site;
  return {
    name: "digest",
    readable: false,
    possible: portal.secrets.has("digest") || portal.secrets.has("plain"),
    challenges: (fault) =>
      algorithms.map((algorithm) => ({
        scheme: "digest",
        parameters: new Map([
          ["realm", realm],
          ["qop", "auth"],
          ["algorithm", algorithm],
          ["nonce", nonces.make()],
          ["charset", "UTF-8"],
          ...(fault === "stale" ? ([["stale", "true"]] as const) : []),
        ]),
      })),
    async enter(authentication, request) {
      const said = parseDigestCredentials(authentication);
      if (said === undefined) throw new HttpError(400, "The Authorization field cannot be read");
      if (said.uri !== request.rawTarget) throw new HttpError(400, "The Authorization field is for another target");
      const isOffered = said.realm === realm && algorithms.includes(said.algorithm);
      const verdict = isOffered ? nonces.look(said.nonce) : "stale";
      if (verdict === "stale") throw new StaleNonceError();
      const remembered = await prove(site, said, request);
      if (!nonces.use(said.nonce, said.count)) throw new StaleNonceError();
      return entrance(remembered, said, verdict === "old" ? nonces.make() : undefined);
    },
  };
}

/** By the secret of a moment ago; when that does not fit, the password may have changed, and the portal is asked. */
async function prove(site: HttpLoginSite, said: HttpDigestCredentials, request: HttpRequest): Promise<RememberedLogin> {
  const { memory } = site;
  const name = memory.nameOf("digest", said.user, said.algorithm);
  const known = memory.find(name);
  if (known?.secret !== undefined && fits(known.secret, said, request)) return known;
  return memory.keep(name, await proveToPortal(site, said, request));
}

async function proveToPortal(
  { portal, realm }: HttpLoginSite,
  said: HttpDigestCredentials,
  request: HttpRequest,
): Promise<MadeLogin> {
  const { user, algorithm } = said;
  const context = loginContext(request);
  const asked = portal.secrets.has("digest")
    ? ({ kind: "digest", algorithm, realm } as const)
    : ({ kind: "plain" } as const);
  const found = await portal.secret(user, asked, context);
  // Who is not there takes as long as who is.
  const secret = secretHash(found?.secret as DigestSecret | PlainSecret | undefined, said);
  if (!fits(secret, said, request) || found === undefined) {
    await portal.reject(user, context);
    throw new LoginError("bad-credentials", `Cannot log ${quote(user)} in: the proof is wrong`);
  }
  return { login: await portal.login(proven(user, found.source), userAvatar, context), secret };
}

function secretHash(secret: DigestSecret | PlainSecret | undefined, said: HttpDigestCredentials): string {
  const { algorithm, user, realm } = said;
  if (secret?.kind === "digest" && secret.algorithm === algorithm && secret.realm === realm) return secret.hash;
  const password = secret?.kind === "plain" ? secret.password : "";
  return httpDigestSecret(algorithm, user, realm, password);
}

function proven(user: string, source: Checker) {
  return { kind: "proven", user, mechanism: "Digest", source } as const;
}

function fits(secret: string, said: HttpDigestCredentials, { method }: HttpRequest): boolean {
  const expected = Buffer.from(httpDigestResponse(said.algorithm, secret, { ...said, method }));
  const shown = Buffer.from(said.response);
  return expected.length === shown.length && builtIn("node:crypto").timingSafeEqual(expected, shown);
}

/** The answer shows that the server knows the secret too (RFC 7616 §3.5). */
function entrance(
  remembered: RememberedLogin,
  said: HttpDigestCredentials,
  nextNonce: string | undefined,
): HttpEntrance {
  const finish = ({ headers }: HttpResponse) => {
    const parameters = new Map([
      ["rspauth", httpDigestServerResponse(said.algorithm, remembered.secret!, { ...said, method: "" })],
      ["qop", said.qop],
      ["cnonce", said.cnonce],
      ["nc", said.nc],
    ]);
    if (nextNonce !== undefined) parameters.set("nextnonce", nextNonce);
    headers.set(...writeField(authenticationInfoField, parameters));
  };
  return { remembered, finish };
}
