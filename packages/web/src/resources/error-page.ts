import type { HttpError } from "../http/error.ts";
import { httpReasons } from "../http/reasons.ts";
import type { HttpRequest } from "../http/request.ts";
import { escapeHtml, type HttpResponse, html, text } from "../http/response.ts";

const style =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}h1{font-weight:600;font-size:1.5rem}h1 small{opacity:.55;font-weight:400;margin-right:.5em}";

/** The answer for an error: a page for people, a line for programs. It says no more than the status and the error's own text. */
export function errorPage(error: HttpError, request: HttpRequest): HttpResponse {
  const { status, headers } = error;
  const reason = httpReasons[status] ?? "Error";
  const detail = error.message === reason ? undefined : error.message;
  const forPeople = request.headers.get("accept")?.includes("text/html") ?? false;
  if (forPeople) return html(page(status, reason, detail), { status, headers });
  return text(`${status} ${reason}${detail === undefined ? "" : `: ${detail}`}\n`, { status, headers });
}

function page(status: number, reason: string, detail: string | undefined): string {
  const more = detail === undefined ? "" : `<p>${escapeHtml(detail)}</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${reason}</title><style>${style}</style><h1><small>${status}</small>${reason}</h1>${more}</html>\n`;
}
