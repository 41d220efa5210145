import { parseMimeValue, readMimeTree } from "@hawser/mime";
import { contentDispositionField } from "@hawser/web/fields";
import { safeFileName } from "@hawser/web/forms";
import { empty, HttpError, type HttpRequest, type HttpResponse, html, json, octets } from "@hawser/web/server";
import { MailLocalError } from "../errors.ts";
import { mailLocalBodyOctetsMax, mailLocalStreamsMax } from "../limits.ts";
import type { MailLocal } from "../mail-local.ts";
import { partContent } from "../reading.ts";
import type { MailLocalFeed } from "./feed.ts";
import { hasRemote, mailHtmlPage, mailHtmlPolicy } from "./mail-html.ts";
import { readMailFailure, readMailId, readMailMarks, readMailQuery, readMailRelease } from "./parameters.ts";

/** What the API works on. */
export interface MailApiParts {
  readonly local: MailLocal;
  readonly feed: MailLocalFeed;
}

type Answer = HttpResponse | Promise<HttpResponse>;
type Call = (parts: MailApiParts, request: HttpRequest, id: number, rest: string) => Answer;

/** Every call, by method and path; `*` stands for the id of a message, or for the part behind it. */
const calls: Readonly<Record<string, Call>> = {
  "GET messages": listMessages,
  "PATCH messages": markMessages,
  "DELETE messages": removeMessages,
  "GET messages/wait": waitForMessage,
  "GET messages/*": ({ local }, _request, id) => local.message(id).then((message) => json(message)),
  "PATCH messages/*": markMessages,
  "DELETE messages/*": removeMessages,
  "GET messages/*/source": giveSource,
  "GET messages/*/html": giveHtml,
  "GET messages/*/parts/*": givePart,
  "POST messages/*/release": releaseMessage,
  "GET server": ({ local }) =>
    json({ smtpUrl: local.smtpUrl, pop3Url: local.pop3Url, imapUrl: local.imapUrl, canRelease: local.canRelease }),
  "GET events": giveEvents,
  "GET failures": ({ local }) => json({ failures: local.failures }),
  "POST failures": addFailure,
  "DELETE failures": ({ local }) => {
    local.clearFailures();
    return empty();
  },
};

/** Answers a call by its path below `/api/v1`. @throws {HttpError} */
export async function answerMailApi(parts: MailApiParts, request: HttpRequest): Promise<HttpResponse> {
  const [first = "", second, third, fourth, ...more] = request.rest;
  const isId = second !== undefined && second !== "wait";
  const path = [first, isId ? "*" : second, third, fourth === undefined ? undefined : "*", ...more]
    .filter((segment) => segment !== undefined)
    .join("/");
  const call = calls[`${request.method === "HEAD" ? "GET" : request.method} ${path}`];
  if (call === undefined) throw noCall(path);
  const id = isId ? readMailId(second) : 0;
  try {
    return await call(parts, request, id, fourth ?? "");
  } catch (error) {
    throw mailApiError(error);
  }
}

function noCall(path: string): HttpError {
  const allowed = Object.keys(calls).flatMap((known) => (known.endsWith(` ${path}`) ? [known.split(" ")[0]] : []));
  if (allowed.length === 0) return new HttpError(404, "There is no such call");
  return new HttpError(405, undefined, { headers: { allow: allowed.join(", ") } });
}

function mailApiError(error: unknown): unknown {
  const code = (error as { readonly code?: unknown }).code;
  if (code === "no-release" && error instanceof Error) return new HttpError(403, `${error.message}: see --release-to`);
  if (code === "not-released" && error instanceof Error) return new HttpError(502, error.message);
  if (error instanceof MailLocalError && error.code !== "no-message") return new HttpError(503, error.message);
  if (code === "no-message" && error instanceof Error) return new HttpError(404, error.message);
  return error;
}

function listMessages({ local }: MailApiParts, request: HttpRequest): Answer {
  const query = readMailQuery(request.query);
  const found = local.messages(query);
  const messages = found.filter(({ id }) => id < query.before).reverse();
  return json({
    total: found.length,
    unread: found.filter(({ isRead }) => !isRead).length,
    messages: messages.slice(0, query.limit),
  });
}

async function waitForMessage({ local }: MailApiParts, request: HttpRequest): Promise<HttpResponse> {
  const { timeoutMs, ...query } = readMailQuery(request.query);
  return json(await local.waitForMessage(query, { timeoutMs, signal: request.signal }));
}

async function markMessages({ local }: MailApiParts, request: HttpRequest, id: number): Promise<HttpResponse> {
  const isRead = readMailMarks(await request.body.json({ octetsMax: mailLocalBodyOctetsMax }));
  if (id !== 0) await local.message(id);
  await local.setRead(id === 0 ? local.messages(readMailQuery(request.query)).map((one) => one.id) : [id], isRead);
  return empty();
}

async function removeMessages({ local }: MailApiParts, request: HttpRequest, id: number): Promise<HttpResponse> {
  const removed = await local.remove(id === 0 ? readMailQuery(request.query) : { ids: [id] });
  if (id !== 0 && removed === 0) throw new HttpError(404, "There is no such message");
  return json({ removed });
}

async function releaseMessage({ local }: MailApiParts, request: HttpRequest, id: number): Promise<HttpResponse> {
  const to = readMailRelease(await request.body.json({ octetsMax: mailLocalBodyOctetsMax }));
  return json(await local.release(id, to));
}

async function giveSource({ local }: MailApiParts, request: HttpRequest, id: number): Promise<HttpResponse> {
  const source = await local.source(id);
  if (request.query.has("download")) return attachment(source, "message/rfc822", `message-${id}.eml`);
  return octets(source, { type: "text/plain; charset=utf-8", headers: { "content-security-policy": strict } });
}

async function giveHtml({ local }: MailApiParts, request: HttpRequest, id: number): Promise<HttpResponse> {
  const page = mailHtmlPage(await local.source(id));
  if (page === "") throw new HttpError(404, "The message has no HTML");
  const remote = request.query.get("remote") === "1";
  const headers = {
    "content-security-policy": mailHtmlPolicy(remote),
    "x-dns-prefetch-control": "off",
    "x-remote-content": hasRemote(page) ? "yes" : "no",
  };
  return html(page, { headers });
}

async function givePart(
  { local }: MailApiParts,
  _request: HttpRequest,
  id: number,
  number: string,
): Promise<HttpResponse> {
  const source = await local.source(id);
  const found = partContent(source, readMimeTree(source), number);
  if (found === undefined) throw new HttpError(404, "The message has no such part");
  const { part, content } = found;
  const disposition = parseMimeValue(part.header.get("content-disposition") ?? "").parameters.get("filename");
  const name = disposition ?? part.contentType.parameters.get("name") ?? `part-${number}`;
  return attachment(content, part.contentType.value, safeFileName(name, `part-${number}`));
}

/** Whatever it is, it is saved and never shown: its sender may have called anything a picture. */
function attachment(content: Uint8Array, told: string, filename: string): HttpResponse {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(told) ? told : "application/octet-stream";
  const disposition = { type: "attachment", filename, parameters: new Map() };
  const headers = {
    "content-disposition": contentDispositionField.format(disposition),
    "content-security-policy": strict,
  };
  return octets(content, { type, headers });
}

/** Nothing of what is shown runs or loads anything. */
const strict = "sandbox; default-src 'none'; frame-ancestors 'none'";

function giveEvents({ feed }: MailApiParts, request: HttpRequest): HttpResponse {
  if (feed.streams >= mailLocalStreamsMax) throw new HttpError(503, "Too many listen already");
  return octets(feed.stream(request.signal), { type: "text/event-stream", headers: { "x-accel-buffering": "no" } });
}

async function addFailure({ local }: MailApiParts, request: HttpRequest): Promise<HttpResponse> {
  local.fail(readMailFailure(await request.body.json({ octetsMax: mailLocalBodyOctetsMax })));
  return json({ failures: local.failures }, { status: 201 });
}
