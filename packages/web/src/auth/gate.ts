import { type DigestAlgorithm, LoginError, type Portal, type User, userAvatar } from "@hawser/auth/protocol";
import { isConfidential } from "@hawser/core";
import { authorizationField, type HttpAuthentication, wwwAuthenticateField } from "../fields/authentication.ts";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { basicScheme } from "./basic.ts";
import { bearerScheme } from "./bearer.ts";
import { HttpNonces } from "./digest/nonces.ts";
import { digestScheme, StaleNonceError } from "./digest/scheme.ts";
import { LoginMemory } from "./login-memory.ts";
import type { LoginOptions } from "./options.ts";
import { finalRefusal } from "./refusal.ts";
import {
  type HttpEntrance,
  type HttpLoginFault,
  type HttpLoginScheme,
  type HttpLoginSchemeName,
  loginContext,
  withoutSecret,
} from "./scheme.ts";

/** What stands before a site: asks who somebody is, and shows the user's part of it. */
export class LoginGate {
  readonly #portal: Portal;
  readonly #root: (user: User) => HttpRoot;
  readonly #memory: LoginMemory;
  readonly #schemes: readonly HttpLoginScheme[];
  readonly #allowPlainText: boolean;

  /** @throws {TypeError} for a realm that no field can carry, and for schemes that the portal cannot judge */
  constructor(portal: Portal, root: (user: User) => HttpRoot, options: LoginOptions) {
    this.#portal = portal;
    this.#root = root;
    this.#memory = new LoginMemory(portal.reactor, options);
    this.#allowPlainText = options.allowPlainText ?? false;
    this.#schemes = schemesOf(portal, this.#memory, options);
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { scheme, remembered, finish } = await this.#enter(request);
    const { user } = remembered.login;
    request.login = { user, scheme };
    try {
      remembered.root ??= this.#root(user);
      const response = await asHandler(remembered.root)(request);
      finish?.(response);
      return response;
    } finally {
      if (!this.#memory.remembers) await remembered.login.logout();
    }
  }

  forget(user?: string | undefined): Promise<void> {
    return this.#memory.forget(user);
  }

  async #enter(request: HttpRequest): Promise<HttpEntrance & { readonly scheme: string }> {
    const credentials = credentialsOf(request);
    if (credentials === undefined) return await this.#enterWithout(request);
    const scheme = this.#offered(request).find(({ name }) => name === credentials.scheme);
    if (scheme === undefined) throw this.#challenge(request, "missing");
    try {
      return { ...(await scheme.enter(credentials, request)), scheme: scheme.name };
    } catch (error) {
      if (error instanceof StaleNonceError) throw this.#challenge(request, "stale");
      if (!(error instanceof LoginError)) throw error;
      throw finalRefusal(error) ?? this.#challenge(request, "refused", error);
    }
  }

  /** By the certificate that TLS has verified, or as nobody in particular; else the client is asked. */
  async #enterWithout(request: HttpRequest): Promise<HttpEntrance & { readonly scheme: string }> {
    const { kinds } = this.#portal;
    const certificate = request.security?.authorized === true ? request.security.peerCertificate : undefined;
    try {
      if (certificate !== undefined && kinds.has("certificate")) return await this.#byCertificate(certificate, request);
      if (kinds.has("anonymous")) return await this.#asNobody(request);
    } catch (error) {
      if (!(error instanceof LoginError)) throw error;
      const final = finalRefusal(error);
      if (final !== undefined && error.code !== "no-avatar") throw final;
    }
    throw this.#challenge(request, "missing");
  }

  async #byCertificate(certificate: Uint8Array, request: HttpRequest): Promise<HttpEntrance & { scheme: string }> {
    const credentials = { kind: "certificate", certificate, user: undefined } as const;
    const name = this.#memory.nameOf("certificate", certificate);
    const remembered = await this.#memory.take(name, request, async () =>
      withoutSecret(await this.#portal.login(credentials, userAvatar, loginContext(request))),
    );
    return { remembered, scheme: "certificate" };
  }

  async #asNobody(request: HttpRequest): Promise<HttpEntrance & { scheme: string }> {
    const credentials = { kind: "anonymous", trace: undefined } as const;
    const remembered = await this.#memory.take(this.#memory.nameOf("anonymous"), request, async () =>
      withoutSecret(await this.#portal.login(credentials, userAvatar, loginContext(request))),
    );
    return { remembered, scheme: "anonymous" };
  }

  #offered(request: HttpRequest): readonly HttpLoginScheme[] {
    return this.#allowPlainText || isConfidential(request)
      ? this.#schemes
      : this.#schemes.filter(({ readable }) => !readable);
  }

  /** 401 with everything that the client may try (RFC 9110 §15.5.2). */
  #challenge(request: HttpRequest, fault: HttpLoginFault, cause?: LoginError): HttpError {
    const challenges = this.#offered(request).flatMap((scheme) => scheme.challenges(fault));
    if (challenges.length === 0) return new HttpError(403, "Log in over HTTPS: a password would be read on the way");
    const text = fault === "refused" ? "The user or the password is wrong" : "Log in to see this page";
    const headers = { "www-authenticate": wwwAuthenticateField.format(challenges) };
    return new HttpError(401, text, { headers, cause });
  }
}

function schemesOf(portal: Portal, memory: LoginMemory, options: LoginOptions): readonly HttpLoginScheme[] {
  const { realm = "Hawser", digestAlgorithms = ["SHA-256"] satisfies DigestAlgorithm[] } = options;
  if (!/^[\x20-\x7e]{1,128}$/.test(realm))
    throw new TypeError("Cannot ask for a login: the realm is not 1 to 128 printable ASCII characters");
  const site = { portal, memory, realm };
  // The strongest first, as RFC 9110 §11.6.1 lets a client choose and some take the first.
  const all = [
    digestScheme(site, new HttpNonces(portal.reactor, { lifetimeMs: options.nonceLifetimeMs }), digestAlgorithms),
    bearerScheme(site),
    basicScheme(site),
  ];
  const names = options.schemes ?? usualSchemes(portal);
  const chosen = all.filter(({ name, possible }) => possible && names.includes(name));
  const entersWithout = portal.kinds.has("certificate") || portal.kinds.has("anonymous");
  if (chosen.length > 0 || entersWithout) return chosen;
  throw new TypeError(`Cannot ask for a login: the portal cannot judge ${names.join(", ") || "any scheme"}`);
}

/**
 * A browser that is offered Digest tries nothing else. So it is offered unasked only where every password is kept in clear,
 * and so every user has a proof.
 */
function usualSchemes({ secrets }: Portal): readonly HttpLoginSchemeName[] {
  return secrets.has("plain") ? ["digest", "bearer", "basic"] : ["bearer", "basic"];
}

/** @throws {HttpError} 400 for a field that cannot be read */
function credentialsOf({ headers }: HttpRequest): HttpAuthentication | undefined {
  const lines = headers.getAll("authorization");
  if (lines.length === 0) return undefined;
  const credentials = lines.length === 1 ? authorizationField.parse(lines[0]!) : undefined;
  if (credentials === undefined) throw new HttpError(400, "The Authorization field cannot be read");
  return credentials;
}
