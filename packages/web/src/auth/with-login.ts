import type { Portal, User } from "@hawser/auth/protocol";
import type { HttpRequest } from "../http/request.ts";
import type { HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { LoginGate } from "./gate.ts";
import type { LoginOptions } from "./options.ts";

/** A site with a door before it. */
export interface HttpLoginHandler {
  (request: HttpRequest): Promise<HttpResponse>;
  /**
   * Logs out and forgets everybody, or one user: call it when a password was changed and must not count for `rememberMs`
   * longer.
   */
  forget(user?: string | undefined): Promise<void>;
}

/**
 * Lets people in who log in through a portal, by Basic (RFC 7617), Digest (RFC 7616), Bearer (RFC 6750), or the certificate
 * that TLS has verified; `root` gives the part of the site that a user sees, and is called once for each remembered login.
 * Below it `request.user` tells who it is, as does the access log.
 *
 * ```ts no-run
 * httpServer(withLogin(portal, (user) => files(homes.at(user.name)), { realm: "Homes" }));
 * ```
 *
 * Who is refused gets 401 and may try again; 403 who is known and may not enter; 429 with Retry-After who tries too often;
 * 503 when a user database cannot be asked.
 * @throws {TypeError} when the portal can judge none of the schemes, or the realm cannot be written
 */
export function withLogin(
  portal: Portal,
  root: (user: User) => HttpRoot,
  options: LoginOptions = {},
): HttpLoginHandler {
  const gate = new LoginGate(portal, root, options);
  const answer = (request: HttpRequest) => gate.answer(request);
  return Object.assign(answer, { forget: (user?: string) => gate.forget(user) });
}
