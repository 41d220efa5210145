import type { Login, LoginContext, Portal, User } from "@hawser/auth/protocol";
import type { HttpAuthentication } from "../fields/authentication.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import type { LoginMemory, MadeLogin, RememberedLogin } from "./login-memory.ts";

/** The schemes by which a client can log in. */
export type HttpLoginSchemeName = "basic" | "bearer" | "digest";

/** What the schemes of one site share. */
export interface HttpLoginSite {
  readonly portal: Portal;
  readonly realm: string;
  readonly memory: LoginMemory;
}

/** Why a client is asked again. */
export type HttpLoginFault = "missing" | "refused" | "stale";

/** One who got in. */
export interface HttpEntrance {
  readonly remembered: RememberedLogin;
  /** Adds to the answer what the scheme has to say. */
  readonly finish?: ((response: HttpResponse) => void) | undefined;
}

/** One scheme (RFC 9110 §11.1). */
export interface HttpLoginScheme {
  readonly name: HttpLoginSchemeName;
  /** Whoever reads the connection can log in afterwards. */
  readonly readable: boolean;
  /** Whether the portal can judge it. */
  readonly possible: boolean;
  challenges(fault: HttpLoginFault): readonly HttpAuthentication[];
  /**
   * @throws {LoginError} the refusal
   * @throws {HttpError} 400 when the credentials cannot be read
   * @throws {StaleNonceError}
   */
  enter(credentials: HttpAuthentication, request: HttpRequest): Promise<HttpEntrance>;
}

/** What a portal is told of a request. One object for one attempt, by which it knows what belongs together. */
export function loginContext(request: HttpRequest): LoginContext {
  return { protocol: "http", peer: request.peer, security: request.security, signal: request.signal };
}

/** A login of a mechanism that has no secret to remember. */
export function withoutSecret(login: Login<User>): MadeLogin {
  return { login, secret: undefined };
}
