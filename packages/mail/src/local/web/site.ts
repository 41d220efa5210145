import type { Factory } from "@hawser/core";
import {
  HttpError,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  html,
  httpServer,
  json,
} from "@hawser/web/server";
import type { MailLocal } from "../mail-local.ts";
import { answerMailApi } from "./api.ts";
import { MailLocalFeed } from "./feed.ts";
import { requireOwnName, requireOwnPage } from "./guard.ts";
import { mailLocalPage, mailLocalPolicy } from "./page.ts";

/** The page and the API, to be listened with, and closed. */
export interface MailLocalSite {
  readonly factory: Factory;
  /** Ends its streams. */
  close(): void;
}

/** Makes the page and the API of a local mail server. */
export function mailLocalSite(local: MailLocal, names: readonly string[]): MailLocalSite {
  const feed = new MailLocalFeed(local);
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    requireOwnName(request, names);
    requireOwnPage(request);
    if (request.path === "/") return page(request);
    const [first, second] = request.rest;
    if (first !== "api" || second !== "v1") throw new HttpError(404);
    request.consume(2);
    return answerMailApi({ local, feed }, request);
  };
  const handler: HttpHandler = async (request) => {
    const response = await answer(request).catch((error: unknown) => errorAnswer(error, request));
    for (const [name, value] of Object.entries(fields))
      if (!response.headers.has(name)) response.headers.set(name, value);
    return response;
  };
  return { factory: httpServer(handler), close: () => feed.close() };
}

/** What every answer has: nobody guesses its type, keeps it, or puts it into a page of somebody else. */
const fields = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "x-robots-tag": "noindex",
};

function page({ method }: HttpRequest): HttpResponse {
  if (method !== "GET" && method !== "HEAD") throw new HttpError(405, undefined, { headers: { allow: "GET, HEAD" } });
  return html(mailLocalPage, { headers: { "content-security-policy": mailLocalPolicy } });
}

/** Faults of the API are JSON as everything else of it. */
function errorAnswer(error: unknown, request: HttpRequest): HttpResponse {
  if (!(error instanceof HttpError) || !request.path.startsWith("/api/")) throw error;
  return json(
    { error: { status: error.status, message: error.message } },
    { status: error.status, headers: error.headers },
  );
}
