import type { Clock, Factory, Protocol, Transport } from "@hawser/core/protocol";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { type HttpHandler, type HttpRoot, route } from "../http/resource.ts";
import { empty, type HttpResponse } from "../http/response.ts";
import type { Http1Limits } from "../http1/index.ts";
import type { HttpAccess, HttpRefusal } from "../log/access.ts";
import { errorPage } from "../resources/error-page.ts";
import { HttpServerConnection } from "./connection.ts";
import { dateField } from "./date.ts";
import type { HttpServerSettings } from "./settings.ts";

/** How {@link httpServer} serves: its limits, its patience, and who is told. Every default is safe on the open Internet. */
export interface HttpServerOptions {
  /** Bounds of everything a client may make grow; see http1/README.md. */
  readonly limits?: Partial<Http1Limits> | undefined;
  /** Makes the answer for an error. Default: a small page, or a line of text for programs. */
  readonly errorPage?: ((error: HttpError, request: HttpRequest) => HttpResponse) | undefined;
  /** Told of every answered request. */
  readonly log?: ((access: HttpAccess) => void) | undefined;
  /** Told of what was refused because it was no request, or not in time. */
  readonly logRefusal?: ((refusal: HttpRefusal) => void) | undefined;
  /** Answers CONNECT, usually with {@link tunnel}. Default: 405. */
  readonly connect?: HttpHandler | undefined;
  /**
   * How often a client that leaves 64 KiB of an answer untaken must have taken something; one that takes nothing is given
   * up after one to two such spans. Default 60,000 ms.
   */
  readonly writeStallMs?: number | undefined;
  /**
   * How long an answer may be silent once the client has closed its side. It may wait for the answer, as `nc -N` does, or
   * be gone: the two look alike until something is written. Beyond it the request is aborted and its connection closed.
   * 0 takes every such client for gone, as nginx does. Default 10,000 ms.
   */
  readonly halfClosedMs?: number | undefined;
  /** When the server stops: how long an idle connection waits for a request that may be on its way. Default 250 ms. */
  readonly drainIdleMs?: number | undefined;
}

/** Serves a tree of resources, or one handler, as HTTP/1.1 (RFC 9112) and HTTP/1.0. */
export function httpServer(root: HttpRoot, options: HttpServerOptions = {}): Factory {
  const handler = serverHandler(root, options.connect);
  const settingsByClock = new WeakMap<Clock, HttpServerSettings>();
  return {
    // A client that came for another protocol is told so by TLS (RFC 7301 §3.2), before it hears any HTTP.
    alpn: ["http/1.1"],
    accept(transport: Transport): Protocol {
      const { clock } = transport.reactor;
      let settings = settingsByClock.get(clock);
      if (settings === undefined) {
        settings = settingsFor(clock, handler, options);
        settingsByClock.set(clock, settings);
      }
      return new HttpServerConnection(settings, transport);
    },
  };
}

/** Targets that are no paths are the server's own business (RFC 9112 §3.2.3, §3.2.4). */
function serverHandler(root: HttpRoot, connect: HttpHandler | undefined): HttpHandler {
  return (request) => {
    if (request.method === "CONNECT") {
      if (connect === undefined)
        throw new HttpError(405, "This server is no proxy", { headers: { allow: "GET, HEAD" } });
      return connect(request);
    }
    if (request.path === "*") return empty(204, { allow: "GET, HEAD, OPTIONS" });
    return route(root, request);
  };
}

function settingsFor(clock: Clock, handler: HttpHandler, options: HttpServerOptions): HttpServerSettings {
  return {
    handler,
    machine: { limits: options.limits, now: () => clock.now(), date: dateField(clock) },
    errorPage: options.errorPage ?? errorPage,
    log: options.log,
    logRefusal: options.logRefusal,
    writeStallMs: options.writeStallMs ?? 60_000,
    halfClosedMs: options.halfClosedMs ?? 10_000,
    drainIdleMs: options.drainIdleMs ?? 250,
  };
}
