import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CallSite } from "./call-site.ts";
import { type ConfigurationDocument, type DataPath, syntaxError } from "./document.ts";
import type { TextPlace } from "./errors.ts";
import { madeAt } from "./maker.ts";
import { isObject } from "./problem-list.ts";
import type { LoadContext } from "./source.ts";

/**
 * Runs a configuration that is a program in TypeScript or JavaScript, and takes its default export. It is run anew each
 * time, so that a changed one can be read while the application runs. The same on every Node: jiti takes the types away.
 * @throws {ConfigurationError} when it does not compile, throws, or exports nothing
 */
export async function readModule(text: string, file: string, context: LoadContext): Promise<ConfigurationDocument> {
  const data = await defaultExport(text, file, context);
  if (!isObject(data)) throw syntaxError({ file }, "it has no default export that is an application");
  return { file, data, placeOf: (path) => placeOf(data, path, text, file) };
}

async function defaultExport(text: string, file: string, { modules = {} }: LoadContext): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const path = resolve(file);
  const virtualModules: Record<string, unknown> = {};
  for (const [name, load] of Object.entries(modules)) virtualModules[name] = await load();
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules,
  });
  try {
    const ext = /\.[mc]?js$/.test(path) ? ".mjs" : ".mts";
    const loaded = (await jiti.evalModule(text, { filename: path, ext, async: true, forceTranspile: true })) as {
      readonly default?: unknown;
    };
    return await loaded.default;
  } catch (error) {
    throw syntaxError(faultPlace(error, path, file), faultText(error), error);
  }
}

/** The line of the configuration at which its program failed, as far as the error tells. */
function faultPlace(error: unknown, path: string, file: string): TextPlace {
  const { stack = "", message = "" } = error instanceof Error ? error : {};
  const [, line, column] = afterPath(stack, path) ?? /\((\d+):(\d+)\)/.exec(message) ?? [];
  return line === undefined ? { file } : { file, line: Number(line), column: Number(column) };
}

function afterPath(stack: string, path: string): readonly string[] | undefined {
  const at = stack.indexOf(`${path}:`);
  return (at < 0 ? undefined : /^:(\d+):(\d+)/.exec(stack.slice(at + path.length))) ?? undefined;
}

function faultText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split("\n", 1)[0]!
    .replace(/ \(\d+:\d+\)$/, "")
    .replace(/^.*?\.[mc]?[jt]s: /, "");
}

/** A service is where it was made; an option, on the first line after that which begins with its name. */
function placeOf(data: Readonly<Record<string, unknown>>, path: DataPath, text: string, file: string): TextPlace {
  const services = data["services"];
  const service: unknown = path[0] === "services" && Array.isArray(services) ? services[path[1] as number] : undefined;
  const site = isObject(service) ? (service as { readonly [madeAt]?: CallSite })[madeAt] : undefined;
  if (site === undefined) return { file };
  const isHere = site.file === resolve(file);
  const place = { file: isHere ? file : site.file, line: site.line };
  return { ...place, ...(isHere ? optionPlace(text, site.line, path.slice(2)) : {}) };
}

function optionPlace(text: string, first: number, path: DataPath): { line?: number; column?: number } {
  const name = path.filter((part) => part !== "options").find((part) => typeof part === "string");
  if (name === undefined) return {};
  const pattern = new RegExp(`(?:^|[{,(])\\s*(["']?)${name.replace(/[^\w]/g, "\\$&")}\\1\\s*[:,}]`);
  const lines = text.split("\n");
  for (let line = first; line <= Math.min(lines.length, first + linesMax); line++) {
    const found = pattern.exec(lines[line - 1]!);
    if (found !== null) return { line, column: found.index + found[0].search(/[\w"']/) + 1 };
  }
  return {};
}

/** How far below its service an option is looked for. */
const linesMax = 50;
