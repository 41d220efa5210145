import type { FileTree, Reactor } from "@hawser/core";
import { throwHttpError } from "../files/faults.ts";
import { isHidden, statIfThere } from "../files/places.ts";
import { HttpError } from "../http/error.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResource } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { type CgiGatewayOptions, type CgiGatewaySettings, cgiGatewaySettings } from "./options.ts";
import { type CgiScriptPlace, isNph, scriptPlace } from "./place.ts";
import { type CgiCommand, runCgi } from "./run.ts";
import { CgiTurns } from "./turns.ts";

/** How {@link cgiDirectory} runs its scripts. */
export interface CgiDirectoryOptions extends CgiGatewayOptions {
  /** Where the site's files lie: DOCUMENT_ROOT, and the start of PATH_TRANSLATED. Default: neither is told. */
  readonly documentRoot?: string | undefined;
  /** Runs the scripts as another user, where we may. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/**
 * Runs the programs of a folder as CGI scripts (RFC 3875), also those in folders below it: every file that may be
 * executed, and nothing else. What stands behind a script in the path is its PATH_INFO. There are no lists of folders.
 *
 * A query without `=` is not put on the script's command line (§4.4): that has let strangers give options to interpreters
 * (CVE-2012-1823).
 */
export function cgiDirectory(root: string | FileTree, options: CgiDirectoryOptions = {}): HttpResource {
  return new CgiDirectory(root, options);
}

class CgiDirectory implements HttpResource {
  readonly #root: string | FileTree;
  readonly #options: CgiDirectoryOptions;
  readonly #settings: CgiGatewaySettings;
  readonly #turns: CgiTurns;

  constructor(root: string | FileTree, options: CgiDirectoryOptions) {
    this.#root = root;
    this.#options = options;
    this.#settings = cgiGatewaySettings(options);
    this.#turns = new CgiTurns(this.#settings.programsMax, this.#settings.waitingMax);
  }

  async render(request: HttpRequest): Promise<HttpResponse> {
    const tree = this.#treeOn(request.reactor);
    const path = await findScript(tree, request.rest).catch(throwHttpError);
    const tail = request.path.endsWith("/") ? [""] : [];
    const file = { tree, path, pathInfo: [...request.rest.slice(path.length), ...tail] };
    const place = await scriptPlace(request, file, this.#options.documentRoot);
    return runCgi(request, this.#commandAt(place), this.#settings, this.#turns);
  }

  #commandAt(place: CgiScriptPlace): CgiCommand {
    const { scriptFile: program, directory } = place;
    const { uid, gid } = this.#options;
    return { program, arguments: [], directory, place, statusLine: isNph(program), uid, gid };
  }

  #treeOn(reactor: Reactor): FileTree {
    return typeof this.#root === "string" ? reactor.files(this.#root) : this.#root;
  }
}

/**
 * The first file on the way.
 * @throws {HttpError} 404 when there is none, or its name is hidden; 403 when it may not be executed
 */
async function findScript(tree: FileTree, path: readonly string[]): Promise<readonly string[]> {
  for (let length = 1; length <= path.length; length++) {
    const part = path.slice(0, length);
    const stat = part.some(isHidden) ? undefined : await statIfThere(tree, part);
    if (stat?.kind === "file" && (stat.mode & 0o111) === 0) throw new HttpError(403);
    if (stat?.kind === "file") return part;
    if (stat?.kind !== "directory") break;
  }
  throw new HttpError(404);
}
