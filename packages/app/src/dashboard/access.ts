import { createHash, timingSafeEqual } from "node:crypto";
import { LoginError, type Portal, userAvatar } from "@hawser/auth";
import { HttpError, type HttpRequest, sessionOf } from "@hawser/web";

/** Who may see a dashboard. Without any, nobody may. */
export interface DashboardAccess {
  /** Whoever has it may come in: it is in the link that is printed at the start. */
  readonly token?: string | undefined;
  /** The users who may log in. */
  readonly portal?: Portal | undefined;
}

/** A name and a password, or a token, in JSON: more is none. */
const bodyOctetsMax = 4_096;

/** Lets in whoever shows the token, or a name and password that are good. @throws {HttpError} 400, 403, 429 */
export async function logIn(request: HttpRequest, access: DashboardAccess): Promise<void> {
  const shown = await readCredentials(request);
  const who = "token" in shown ? byToken(shown.token, access) : await byPassword(shown, access, request);
  const session = sessionOf(request);
  session.rotate();
  session.data["user"] = who;
}

/** Who is logged in; empty for whoever showed the token. */
export function userOf(request: HttpRequest): string | undefined {
  const { user } = sessionOf(request).data;
  return typeof user === "string" ? user : undefined;
}

/** @throws {HttpError} 401 for everybody else */
export function requireLogin(request: HttpRequest): void {
  // No WWW-Authenticate: the page asks by itself, and a browser's own window would stand before it.
  if (userOf(request) === undefined) throw new HttpError(401, "Log in first");
}

/**
 * Refuses what a page of somebody else has a browser send (CSRF). The cookie is not sent along with it anyway
 * (SameSite=Strict), except by other sites on the same host.
 * @throws {HttpError} 403
 */
export function requireOwnPage(request: HttpRequest): void {
  const site = request.headers.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") throw foreign();
  const origin = request.headers.get("origin");
  if (origin === undefined ? site === undefined : origin.replace(/^https?:\/\//, "") !== request.authority)
    throw foreign();
}

type Shown = { readonly token: string } | { readonly user: string; readonly password: string };

async function readCredentials(request: HttpRequest): Promise<Shown> {
  const body = await request.body.json({ octetsMax: bodyOctetsMax });
  const { token, user, password } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof token === "string") return { token };
  if (typeof user === "string" && typeof password === "string") return { user, password };
  throw new HttpError(400, "Show a token, or a user and a password");
}

/** Digests are compared, so that neither the time nor the length tells anything. */
function byToken(shown: string, { token }: DashboardAccess): string {
  if (token === undefined || !timingSafeEqual(digest(shown), digest(token))) throw wrong();
  return "";
}

async function byPassword(
  { user, password }: { readonly user: string; readonly password: string },
  { portal }: DashboardAccess,
  { peer, security, signal }: HttpRequest,
): Promise<string> {
  if (portal === undefined) throw wrong();
  try {
    const context = { protocol: "dashboard", peer, security, signal };
    const login = await portal.login({ kind: "password", user, password }, userAvatar, context);
    await login.logout();
    return login.user.name;
  } catch (error) {
    if (error instanceof LoginError) throw refusal(error);
    throw error;
  }
}

function refusal({ code, retryAfterMs }: LoginError): HttpError {
  if (code === "temporary") return new HttpError(503, "The users cannot be asked now");
  if (code !== "throttled") return wrong();
  const seconds = Math.ceil((retryAfterMs ?? 1_000) / 1_000);
  return new HttpError(429, "Too many attempts", { headers: { "retry-after": String(seconds) } });
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function wrong(): HttpError {
  return new HttpError(403, "That is not right");
}

function foreign(): HttpError {
  return new HttpError(403, "This comes from another site");
}
