import { FileError, type FileTree, type Reactor, UsageError } from "@hawser/core";
import { type FilesOptions, files, type HttpFiles } from "../files/index.ts";
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
}

/** Builds the tree that the options describe. Every folder is looked at first, so that a wrong one is told at once. */
export async function site(given: SiteOptions, reactor: Reactor): Promise<HttpRoot> {
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
  return virtualHosts(hosts, { default: root });
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

function reason(error: unknown): string {
  if (!(error instanceof FileError)) return error instanceof Error ? error.message : String(error);
  if (error.code === "not-found") return "no such directory";
  if (error.code === "not-a-directory") return "not a directory";
  if (error.code === "not-permitted") return "permission denied";
  return error.message;
}
