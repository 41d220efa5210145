import {
  empty,
  HttpError,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  html,
  json,
  octets,
  securityHeaders,
  sessionOf,
  withSessions,
} from "@hawser/web";
import type { Application } from "../application/application.ts";
import { ApplicationObserver } from "../observe/observer.ts";
import type { ProcessGauge } from "../observe/process-readings.ts";
import { type DashboardAccess, logIn, requireLogin, requireOwnPage, userOf } from "./access.ts";
import { DashboardFeed } from "./feed.ts";
import { dashboardPage, dashboardPolicy } from "./page.ts";

/** A dashboard: a site, to be served somewhere, and closed when the application stops. */
export interface Dashboard {
  readonly site: HttpHandler;
  /** Ends its streams and watches no more. */
  close(): void;
}

/** Pages open at a time; more are told to come back later. Each costs a connection and some kilobytes a second. */
const viewersMax = 64;

const hourMs = 3_600_000;

/** Shows a running application on one page, to those who may see it. */
export function dashboardSite(application: Application, gauge: ProcessGauge, access: DashboardAccess): Dashboard {
  const observer: ApplicationObserver = new ApplicationObserver(application, gauge, () => feed.tick());
  const feed: DashboardFeed = new DashboardFeed(observer);
  const routes: Routes = {
    "GET /": () => page(),
    "GET /session": (request) => {
      const session = { user: userOf(request) ?? null, hasUsers: access.portal !== undefined };
      return json(session, { headers: { "cache-control": "no-store" } });
    },
    "POST /session": async (request) => {
      requireOwnPage(request);
      await logIn(request, access);
      return empty();
    },
    "DELETE /session": (request) => {
      requireOwnPage(request);
      sessionOf(request).end();
      return empty();
    },
    "GET /events": (request) => {
      requireLogin(request);
      return events(request, feed);
    },
    "DELETE /connections/": (request) => {
      requireOwnPage(request);
      requireLogin(request);
      if (!observer.abort(connectionId(request))) throw new HttpError(404, "This connection is gone");
      return empty();
    },
  };
  const site = withSessions((request) => answer(routes, request), {
    cookieName: "hawser-dashboard",
    sameSite: "strict",
    idleMs: 12 * hourMs,
    absoluteMs: 7 * 24 * hourMs,
  });
  const close = () => {
    feed.close();
    observer.close();
  };
  return {
    site: securityHeaders(site, { contentSecurityPolicy: dashboardPolicy, referrerPolicy: "no-referrer" }),
    close,
  };
}

/** By method and path; one that ends with a slash has something behind it. */
type Routes = Readonly<Record<string, (request: HttpRequest) => HttpResponse | Promise<HttpResponse>>>;

function answer(routes: Routes, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
  const path = request.path.startsWith("/connections/") ? "/connections/" : request.path;
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = routes[`${method} ${path}`];
  if (route !== undefined) return route(request);
  const allowed = Object.keys(routes).flatMap((known) => (known.endsWith(` ${path}`) ? [known.split(" ")[0]] : []));
  if (allowed.length === 0) throw new HttpError(404);
  throw new HttpError(405, undefined, { headers: { allow: allowed.join(", ") } });
}

function page(): HttpResponse {
  return html(dashboardPage, { headers: { "cache-control": "no-cache" } });
}

function events(request: HttpRequest, feed: DashboardFeed): HttpResponse {
  if (feed.viewers >= viewersMax) throw new HttpError(503, "Too many dashboards are open");
  const headers = { "cache-control": "no-store", "x-accel-buffering": "no" };
  return octets(feed.stream(request.signal), { type: "text/event-stream", headers });
}

function connectionId(request: HttpRequest): number {
  const id = Number(request.segments[1]);
  if (request.segments.length !== 2 || !Number.isSafeInteger(id)) throw new HttpError(404);
  return id;
}
