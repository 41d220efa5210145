import { HttpError } from "./error.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpResponse } from "./response.ts";

/** Answers one request. Plain values are sent at once, which is cheaper than a promise. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** A child of a resource, and how many segments of the path led to it. */
export interface HttpChild {
  readonly resource: HttpRoot;
  /** Default 1. */
  readonly consumed?: number | undefined;
}

/**
 * An object in the tree that URLs walk through (Twisted's resource, web2's consumption of several segments, and both may
 * take their time).
 */
export interface HttpResource {
  /**
   * The child that the next segments of `request.rest` lead to. Called only while there are some; `undefined` means that
   * this resource answers for all of them itself. A 404 is a child that throws one.
   */
  child?(request: HttpRequest): HttpChild | undefined | Promise<HttpChild | undefined>;
  render(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

/** Whatever can be served: a resource, or a handler. */
export type HttpRoot = HttpResource | HttpHandler;

/** Walks the tree from `root` and renders what it finds. */
export function route(root: HttpRoot, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
  let resource = root;
  while (typeof resource !== "function") {
    if (resource.child === undefined) return resource.render(request);
    const child: HttpChild | undefined | Promise<HttpChild | undefined> = isAtEnd(request)
      ? undefined
      : resource.child(request);
    if (child === undefined) return resource.render(request);
    if (child instanceof Promise) return routeLater(resource, child, request);
    resource = descend(child, request);
  }
  return resource(request);
}

/** Whether no segments are left. The root of a site is known by its path, without taking that apart. */
function isAtEnd(request: HttpRequest): boolean {
  return request.path.length <= 1 || request.rest.length === 0;
}

/** A tree as one handler: what filters wrap. */
export function asHandler(root: HttpRoot): HttpHandler {
  return typeof root === "function" ? root : (request) => route(root, request);
}

async function routeLater(
  parent: HttpResource,
  found: Promise<HttpChild | undefined>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const child = await found;
  return child === undefined ? parent.render(request) : route(descend(child, request), request);
}

function descend(child: HttpChild, request: HttpRequest): HttpRoot {
  request.consume(child.consumed ?? 1);
  return child.resource;
}

/** Resources by path below one resource. The longest path wins. */
export class HttpMounts {
  readonly #mounts: { readonly path: readonly string[]; readonly child: HttpChild }[] = [];

  /** @param path such as `doc` or `/api/v1`; slashes at its ends mean nothing */
  add(path: string, resource: HttpRoot): void {
    const segments = path.split("/").filter((segment) => segment !== "");
    if (segments.length === 0) throw new TypeError(`Cannot mount at ${JSON.stringify(path)}: it names no segment`);
    this.#mounts.push({ path: segments, child: { resource, consumed: segments.length } });
    this.#mounts.sort((a, b) => b.path.length - a.path.length);
  }

  find(request: HttpRequest): HttpChild | undefined {
    if (this.#mounts.length === 0) return undefined;
    const rest = request.rest;
    for (const { path, child } of this.#mounts) if (leadsTo(path, rest)) return child;
    return undefined;
  }
}

function leadsTo(path: readonly string[], rest: readonly string[]): boolean {
  for (let at = 0; at < path.length; at++) if (path[at] !== rest[at]) return false;
  return true;
}

/** A resource that has only children: `const root = folder(); root.mount("doc", files("/var/www/doc"))`. */
export class HttpFolder implements HttpResource {
  readonly #mounts = new HttpMounts();
  readonly #index: HttpRoot | undefined;

  constructor(index?: HttpRoot) {
    this.#index = index;
  }

  mount(path: string, resource: HttpRoot): this {
    this.#mounts.add(path, resource);
    return this;
  }

  child(request: HttpRequest): HttpChild | undefined {
    return this.#mounts.find(request);
  }

  render(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    if (this.#index === undefined || request.rest.length > 0) throw new HttpError(404);
    return asHandler(this.#index)(request);
  }
}

/** Makes an {@link HttpFolder}; `index` answers for the folder itself. */
export function folder(index?: HttpRoot): HttpFolder {
  return new HttpFolder(index);
}
