import type { FileTree, Reactor } from "@hawser/core";
import { negotiateEncoding } from "../content/negotiate.ts";
import { readField } from "../fields/field.ts";
import { acceptEncodingField } from "../fields/preferences.ts";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import { type HttpChild, HttpMounts, type HttpResource, type HttpRoot } from "../http/resource.ts";
import { empty, type HttpResponse, redirect } from "../http/response.ts";
import { answerWithContent, answerWithoutContent } from "./answer.ts";
import type { CachedFile } from "./cache.ts";
import { decide } from "./decision.ts";
import { throwHttpError } from "./faults.ts";
import { listingOrder, makeListing } from "./listing.ts";
import { listingAnswer } from "./listing-page.ts";
import { type FilesOptions, type FilesSettings, filesSettings } from "./options.ts";
import type { FolderPlace } from "./places.ts";
import { FileReading } from "./reading.ts";
import type { FileRepresentation } from "./representation.ts";
import { FileSite, type FoundPlace } from "./site.ts";

/**
 * Serves the files of a folder of the disk, or of any tree: `files("/var/www/htdocs")`.
 *
 * A path given as text is opened by the reactor of the connection, so the same resource serves a disk and a simulated world.
 */
export function files(root: string | FileTree, options: FilesOptions = {}): HttpFiles {
  return new HttpFiles(root, options);
}

/** The files of one tree as a resource, and what is mounted over them: {@link files} makes it. */
export class HttpFiles implements HttpResource {
  readonly #root: string | FileTree;
  readonly #settings: FilesSettings;
  readonly #mounts = new HttpMounts();
  readonly #sites = new WeakMap<Reactor, FileSite>();

  constructor(root: string | FileTree, options: FilesOptions = {}) {
    this.#root = root;
    this.#settings = filesSettings(options);
  }

  /** Puts another resource at a path, over any file there: `root.mount("cgis", cgiDirectory("/var/www/cgi-bin"))`. */
  mount(path: string, resource: HttpRoot): this {
    this.#mounts.add(path, resource);
    return this;
  }

  child(request: HttpRequest): HttpChild | undefined {
    return this.#mounts.find(request);
  }

  /** Answers at once, without a promise, for a file that is in memory and was looked at lately. */
  render(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const site = this.#siteOn(request.reactor);
    const path = request.rest;
    const joined = path.length === 1 ? path[0]! : path.join("/");
    const key = request.path.endsWith("/") ? `${joined}/` : joined;
    const entry = isReading(request.method) ? site.fresh(key) : undefined;
    return entry === undefined ? this.#find(request, site, key, path) : sendFile(request, site, key, entry);
  }

  #siteOn(reactor: Reactor): FileSite {
    let site = this.#sites.get(reactor);
    if (site === undefined) {
      const tree = typeof this.#root === "string" ? reactor.files(this.#root) : this.#root;
      site = new FileSite(tree, reactor, this.#settings);
      this.#sites.set(reactor, site);
    }
    return site;
  }

  async #find(request: HttpRequest, site: FileSite, key: string, path: readonly string[]): Promise<HttpResponse> {
    const found = await site.find(key, path).catch(throwHttpError);
    return this.#answer(request, site, key, found);
  }

  #answer(request: HttpRequest, site: FileSite, key: string, found: FoundPlace): HttpResponse | Promise<HttpResponse> {
    if (found === undefined) throw new HttpError(404);
    if (found.type === "script") return found.processor({ tree: site.tree, ...found })(request);
    if (request.method === "OPTIONS") return empty(204, { allow });
    if (!isReading(request.method)) throw refusedMethod(request.method);
    if (found.type === "file") return sendFile(request, site, key, found.entry);
    return this.#showFolder(request, site, found);
  }

  async #list(request: HttpRequest, site: FileSite, { path }: FolderPlace): Promise<HttpResponse> {
    const found = await site.list(path).catch(throwHttpError);
    return listingAnswer(request, makeListing(found, listingOrder(request.query), this.#settings.hidden));
  }

  #showFolder(request: HttpRequest, site: FileSite, folder: FolderPlace): HttpResponse | Promise<HttpResponse> {
    if (!request.path.endsWith("/")) return redirectToFolder(request);
    if (!this.#settings.listing) throw new HttpError(403, "This folder has no index page");
    return this.#list(request, site, folder);
  }
}

function sendFile(
  request: HttpRequest,
  site: FileSite,
  key: string,
  entry: CachedFile,
): HttpResponse | Promise<HttpResponse> {
  const version = chooseVersion(request, entry);
  const decision = decide(request.method, request.headers, version);
  const answer = answerWithoutContent(request, version, decision);
  if (answer !== undefined) return answer;
  const { content } = version;
  if (content === undefined) return sendOpened(request, site, key, entry, version);
  return answerWithContent(request, version, decision, content);
}

/** Decides again, for the version that was really opened. An open file goes with the answer, or is closed. */
async function sendOpened(
  request: HttpRequest,
  site: FileSite,
  key: string,
  entry: CachedFile,
  chosen: FileRepresentation,
): Promise<HttpResponse> {
  const { version, source } = await site.open(key, entry, chosen).catch(throwHttpError);
  let answer: HttpResponse | undefined;
  try {
    const decision = decide(request.method, request.headers, version);
    answer = answerWithoutContent(request, version, decision);
    answer ??= answerWithContent(request, version, decision, source);
    return answer;
  } finally {
    const isTaken = source instanceof Uint8Array || answer?.body instanceof FileReading;
    if (!isTaken) await source.close();
  }
}

/** The coding the client likes best. A range is always one of the file itself, which every client can put together. */
function chooseVersion(request: HttpRequest, { representations }: CachedFile): FileRepresentation {
  const itself = representations.at(-1)!;
  if (representations.length === 1 || request.headers.has("range")) return itself;
  const offered = representations.map(({ coding }) => coding);
  const coding = negotiateEncoding(readField(request.headers, acceptEncodingField), offered);
  return representations.find((one) => one.coding === coding) ?? itself;
}

/** Relative, so that it stays right behind any proxy; the name as it was sent, with `./` lest a colon in it be read as a scheme. */
function redirectToFolder(request: HttpRequest): HttpResponse {
  const name = request.path.slice(request.path.lastIndexOf("/") + 1);
  return redirect(`./${name}/${request.queryText === "" ? "" : `?${request.queryText}`}`, 301);
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** 405 for what HTTP knows and a file does not take, 501 for what nobody knows (RFC 9110 §15.5.6, §15.6.2). */
function refusedMethod(method: string): HttpError {
  return knownMethods.has(method) ? new HttpError(405, undefined, { headers: { allow } }) : new HttpError(501);
}

const allow = "GET, HEAD, OPTIONS";
const knownMethods: ReadonlySet<string> = new Set(["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"]);
