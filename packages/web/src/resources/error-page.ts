import { type HttpError, httpReasons } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { escapeHtml, type HttpResponse, html, text } from "../http/response.ts";

const style =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}h1{font-weight:600;font-size:1.5rem}h1 small{opacity:.55;font-weight:400;margin-right:.5em}";

/** The answer for an error: a page for people, a line for programs. It says no more than the status and the error's own text. */
export function errorPage(error: HttpError, request: HttpRequest | undefined): HttpResponse {
  const reason = httpReasons[error.status] ?? "Error";
  const options = { status: error.status, headers: error.headers };
  if (!request?.headers.get("accept")?.includes("text/html"))
    return text(`${error.status} ${reason}: ${error.message}\n`, options);
  const detail = error.message === reason ? "" : `<p>${escapeHtml(error.message)}</p>`;
  return html(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${error.status} ${reason}</title><style>${style}</style><h1><small>${error.status}</small>${reason}</h1>${detail}</html>\n`,
    options,
  );
}
