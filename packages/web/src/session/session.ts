import { parseCookies } from "../fields/cookie.ts";
import { formatSetCookie } from "../fields/set-cookie.ts";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { asHandler, type HttpHandler, type HttpRoot } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { type HttpSessionRecord, type HttpSessionStore, memorySessions } from "./store.ts";

/** Where {@link withSessions} keeps sessions, how long they live, and how their cookie is sent. */
export interface SessionOptions {
  /** Default: {@link memorySessions}, of this process alone. */
  readonly store?: HttpSessionStore | undefined;
  /** Name of the cookie. Default `__Host-session` on TLS, `session` in clear. */
  readonly cookieName?: string | undefined;
  /** A session unused for so long is over. Default 30 minutes. */
  readonly idleMs?: number | undefined;
  /** A session this old is over, used or not. Default 12 hours. */
  readonly absoluteMs?: number | undefined;
  /** Default `lax`. */
  readonly sameSite?: "lax" | "strict" | undefined;
}

/** What the server remembers of one browser between requests. */
export interface HttpSession {
  /** Values that can be written as JSON. */
  readonly data: Record<string, unknown>;
  /** True until the browser has shown the cookie. */
  readonly fresh: boolean;
  /** Gives the session a new id: do it at every login, so that nobody's planted id becomes a logged-in one. */
  rotate(): void;
  /** Forgets everything. */
  end(): void;
}

const sessionKey = Symbol("session");

/**
 * Gives every request below it a session, which {@link sessionOf} reads. A browser gets a cookie only once something is
 * kept. What a handler did to the session before it threw counts too: a logout stays one.
 */
export function withSessions(root: HttpRoot, options: SessionOptions = {}): HttpHandler {
  const handler = asHandler(root);
  const sessions = new Sessions(options);
  return async (request) => {
    const session = await sessions.open(request);
    request.notes.set(sessionKey, session);
    let response: HttpResponse;
    try {
      response = await handler(request);
    } catch (error) {
      const cookie = await sessions.close(session, request);
      throw error instanceof HttpError && cookie !== undefined ? error.withHeaders({ "set-cookie": cookie }) : error;
    }
    const cookie = await sessions.close(session, request);
    if (cookie !== undefined) response.headers.append("set-cookie", cookie);
    return response;
  };
}

/** The session of a request below {@link withSessions}. */
export function sessionOf(request: HttpRequest): HttpSession {
  const session = request.notes.get(sessionKey);
  if (session === undefined) throw new HttpError(500, "There are no sessions here: wrap the site in withSessions()");
  return session as HttpSession;
}

class OpenSession implements HttpSession {
  data: Record<string, unknown>;
  readonly createdAt: number;
  /** The id the browser showed, when it is one of ours. */
  readonly oldId: string | undefined;
  rotated = false;
  readonly #before: string;

  constructor(oldId: string | undefined, record: HttpSessionRecord | undefined, now: number) {
    this.oldId = record === undefined ? undefined : oldId;
    this.data = structuredClone({ ...record?.data });
    this.createdAt = record?.createdAt ?? now;
    this.#before = JSON.stringify(this.data);
  }

  get fresh(): boolean {
    return this.oldId === undefined;
  }

  get changed(): boolean {
    return JSON.stringify(this.data) !== this.#before;
  }

  get empty(): boolean {
    return Object.keys(this.data).length === 0;
  }

  rotate(): void {
    this.rotated = true;
  }

  end(): void {
    this.data = {};
    this.rotated = true;
  }
}

class Sessions {
  readonly #store: HttpSessionStore;
  readonly #options: SessionOptions;
  readonly #idleMs: number;
  readonly #absoluteMs: number;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#store = options.store ?? memorySessions();
    this.#idleMs = options.idleMs ?? 30 * 60_000;
    this.#absoluteMs = options.absoluteMs ?? 12 * 3_600_000;
  }

  async open(request: HttpRequest): Promise<OpenSession> {
    const now = request.reactor.clock.wall();
    const id = parseCookies(request.headers.get("cookie") ?? "").get(this.#cookieName(request));
    if (id === undefined || !/^[\w-]{22}$/.test(id)) return new OpenSession(undefined, undefined, now);
    const record = await this.#store.load(id);
    if (record === undefined || now < this.#expiry(record)) return new OpenSession(id, record, now);
    await this.#store.remove(id);
    return new OpenSession(undefined, undefined, now);
  }

  /** Keeps what is to be kept; gives the Set-Cookie that the browser needs, if any. */
  async close(session: OpenSession, request: HttpRequest): Promise<string | undefined> {
    const { oldId } = session;
    if (oldId === undefined) return session.empty ? undefined : await this.#begin(session, request);
    const known = await this.#store.load(oldId);
    // Another request has ended or renewed it meanwhile: this one must not bring it back.
    if (known === undefined) return undefined;
    if (!session.rotated && !session.empty) {
      await this.#save(oldId, session.changed ? session.data : known.data, session, request);
      return undefined;
    }
    await this.#store.remove(oldId);
    return session.empty ? this.#cookie(request, "", 0) : await this.#begin(session, request);
  }

  async #begin(session: OpenSession, request: HttpRequest): Promise<string> {
    const id = newId(request);
    await this.#save(id, session.data, session, request);
    return this.#cookie(request, id);
  }

  async #save(id: string, data: HttpSessionRecord["data"], session: OpenSession, request: HttpRequest): Promise<void> {
    const record = { data, createdAt: session.createdAt, usedAt: request.reactor.clock.wall() };
    await this.#store.save(id, record, this.#expiry(record));
  }

  #expiry(record: HttpSessionRecord): number {
    return Math.min(record.usedAt + this.#idleMs, record.createdAt + this.#absoluteMs);
  }

  #cookie(request: HttpRequest, value: string, maxAgeSeconds?: number): string {
    return formatSetCookie({
      name: this.#cookieName(request),
      value,
      path: "/",
      httpOnly: true,
      secure: request.security !== undefined,
      sameSite: this.#options.sameSite ?? "lax",
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    });
  }

  #cookieName(request: HttpRequest): string {
    return this.#options.cookieName ?? (request.security === undefined ? "session" : "__Host-session");
  }
}

/** 128 random bits (OWASP asks for 64 at least), in 22 characters that a cookie may hold. */
function newId(request: HttpRequest): string {
  return Buffer.from(request.reactor.random.bytes(16)).toString("base64url");
}
