import { HttpError, type HttpHandler, type HttpRequest, type HttpResponse, text } from "@hawser/web";
import type { Application } from "../application/application.ts";
import { type ApplicationMetrics, openMetricsType, prometheusType } from "./metrics.ts";
import { readinessOf } from "./readiness.ts";

/**
 * What machines ask of an application: `/metrics` for Prometheus (in its own text or OpenMetrics, as asked), `/healthz`
 * whether it lives at all, `/readyz` whether to send it work (503 while a service is away or everything drains). It has no
 * login, so let it listen where only machines of yours can ask.
 */
export function metricsSite(application: Application, metrics: ApplicationMetrics): HttpHandler {
  return (request) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new HttpError(405, undefined, { headers: { allow: "GET, HEAD" } });
    switch (request.path) {
      case "/metrics":
        return metricsPage(request, metrics);
      case "/healthz":
        return plain("ok\n");
      case "/readyz":
        return readinessPage(application);
      default:
        throw new HttpError(404);
    }
  };
}

async function metricsPage(request: HttpRequest, metrics: ApplicationMetrics): Promise<HttpResponse> {
  const wantsOpen = /\bapplication\/openmetrics-text\b/.test(request.headers.get("accept") ?? "");
  const body = await metrics.text(wantsOpen ? "openmetrics" : "prometheus");
  return plain(body, 200, wantsOpen ? openMetricsType : prometheusType);
}

function readinessPage(application: Application): HttpResponse {
  const { isReady, missing } = readinessOf(application);
  if (isReady) return plain("ready\n");
  const why = application.isStopping ? ["stopping", ...missing] : missing;
  return plain(why.map((line) => `${line}\n`).join(""), 503);
}

function plain(body: string, status = 200, type = "text/plain; charset=utf-8"): HttpResponse {
  return text(body, { status, headers: { "content-type": type, "cache-control": "no-store" } });
}
