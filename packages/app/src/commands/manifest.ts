import { isAbsolute, join, relative } from "node:path";
import { quote } from "@hawser/core";

/** A command that an installed package brings, as its package.json tells. */
export interface PluginEntry {
  readonly name: string;
  readonly summary: string;
  /** The name of the package. */
  readonly package: string;
  /** The file to import. */
  readonly module: string;
}

/** A package that wants to bring a command and cannot. */
export interface PluginProblem {
  readonly package: string;
  readonly fault: string;
}

/** What one package brings. */
export interface PluginPackage {
  readonly entries: readonly PluginEntry[];
  readonly problems: readonly PluginProblem[];
}

/**
 * Reads which commands a package brings: the member `hawser` of its package.json, such as
 * `{ "commands": { "gopher": { "module": "./commands.js", "summary": "Serve a Gopher hole" } } }`.
 */
export function readPluginManifest(text: string, name: string, folder: string): PluginPackage {
  // Most packages have nothing to do with us, and are not worth parsing.
  if (!text.includes('"hawser"')) return nothing;
  try {
    const manifest = JSON.parse(text) as { readonly hawser?: { readonly commands?: unknown } } | null;
    const hawser = manifest?.hawser;
    if (typeof hawser !== "object" || hawser === null || hawser.commands === undefined) return nothing;
    return readCommands(hawser.commands, name, folder);
  } catch {
    return { entries: [], problems: [{ package: name, fault: "its package.json is no JSON" }] };
  }
}

const nothing: PluginPackage = { entries: [], problems: [] };

function readCommands(commands: unknown, name: string, folder: string): PluginPackage {
  const named = Object.entries(typeof commands === "object" && commands !== null ? commands : {}).slice(0, commandsMax);
  const entries: PluginEntry[] = [];
  const problems: PluginProblem[] = [];
  for (const [command, told] of named) {
    const entry = readEntry(command, told as unknown, name, folder);
    if (typeof entry === "string") problems.push({ package: name, fault: `its command ${quote(command)} ${entry}` });
    else entries.push(entry);
  }
  if (named.length === 0) problems.push({ package: name, fault: `"hawser.commands" of its package.json names none` });
  return { entries, problems };
}

/** A command, or why it is none. */
function readEntry(name: string, told: unknown, packageName: string, folder: string): PluginEntry | string {
  const { module, summary } = (typeof told === "object" && told !== null ? told : {}) as Record<string, unknown>;
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) return "is not spelt in small letters, digits and hyphens";
  if (typeof summary !== "string" || !/^[^\x00-\x1f\x7f-\x9f]{1,200}$/.test(summary))
    return "has no summary of one line";
  if (typeof module !== "string" || isOutside(module)) return `has no "module" inside the package`;
  return { name, summary, package: packageName, module: join(folder, module) };
}

function isOutside(module: string): boolean {
  const inside = relative("/package", join("/package", module));
  return !module.startsWith("./") || inside === "" || inside.startsWith("..") || isAbsolute(inside);
}

/** One package that brings more commands than this is a mistake. */
const commandsMax = 100;
