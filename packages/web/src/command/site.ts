import { parse, resolve } from "node:path";
import { FileError, type FileTree, type Reactor, UsageError } from "@hawser/core";
import { withLocalRedirects } from "../cgi/local-redirect.ts";
import { type FilesOptions, files, type HttpFiles } from "../files/index.ts";
import { compressed } from "../filters/compress.ts";
import type { HttpRoot } from "../http/resource.ts";
import { virtualHosts } from "../vhost/virtual-hosts.ts";

/** What the options of `hawser web` say about what to serve. */
export interface SiteOptions {
  readonly path: string | undefined;
  readonly index: readonly string[];
  readonly mount: readonly (readonly [string, string])[];
  readonly cgi: readonly (readonly [string, string])[];
  readonly processor: readonly (readonly [string, string])[];
  readonly vhost: readonly (readonly [string, string])[];
  readonly noListing: boolean;
  readonly noCompression: boolean;
}

/**
 * Builds the tree that the options describe. Every folder and program is looked at first, so that a wrong one is told at
 * once.
 */
export async function site(given: SiteOptions, reactor: Reactor): Promise<HttpRoot> {
  const root = withLocalRedirects(await places(given, reactor));
  return given.noCompression ? root : compressed(root);
}

async function places(given: SiteOptions, reactor: Reactor): Promise<HttpRoot> {
  for (const [ending, program] of given.processor) await requireProgram(ending, program, reactor);
  const options = await filesOptions(given);
  const root: HttpFiles = files(await readable(given.path ?? ".", reactor), options);
  for (const [url, folder] of given.mount) root.mount(url, files(await readable(folder, reactor), options));
  for (const [url, folder] of given.cgi) {
    await readable(folder, reactor);
    const { cgiDirectory } = await cgi();
    root.mount(url, cgiDirectory(folder));
  }
  if (given.vhost.length === 0) return root;
  const hosts: Record<string, HttpRoot> = {};
  for (const [name, folder] of given.vhost) hosts[name] = files(await readable(folder, reactor), options);
  try {
    return virtualHosts(hosts, { default: root });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Programs, which few sites run: nobody else waits for them at the start. */
const cgi = () => import("../cgi/index.ts");

async function filesOptions(given: SiteOptions): Promise<FilesOptions> {
  const index = given.index.flatMap((names) => names.split(",")).filter((name) => name !== "");
  return {
    index: index.length > 0 ? index : undefined,
    listing: !given.noListing,
    processors: await processors(given.processor),
  };
}

async function processors(given: SiteOptions["processor"]): Promise<FilesOptions["processors"]> {
  if (given.length === 0) return undefined;
  const { script } = await cgi();
  return Object.fromEntries(given.map(([ending, program]) => [ending, script(program)]));
}

async function readable(path: string, reactor: Reactor): Promise<FileTree> {
  const tree = reactor.files(path);
  try {
    await tree.list("", { entriesMax: 0 });
  } catch (error) {
    throw new UsageError(`cannot serve "${path}": ${reason(error)}`, { cause: error });
  }
  return tree;
}

/** A program with a path must be there. One without is looked for when it is run, where scripts look for programs. */
async function requireProgram(ending: string, program: string, reactor: Reactor): Promise<void> {
  if (!program.includes("/")) return;
  const path = resolve(program);
  const { root } = parse(path);
  const stat = await reactor
    .files(root)
    .stat(path.slice(root.length))
    .catch(() => undefined);
  if (stat?.kind === "file" && (stat.mode & 0o111) !== 0) return;
  const fault = stat === undefined ? "there is no such program" : "it is no program";
  throw new UsageError(`cannot run "${ending}" files by "${program}": ${fault}`);
}

function reason(error: unknown): string {
  if (!(error instanceof FileError)) return error instanceof Error ? error.message : String(error);
  if (error.code === "not-found") return "no such directory";
  if (error.code === "not-a-directory") return "not a directory";
  if (error.code === "not-permitted") return "permission denied";
  return error.message;
}
