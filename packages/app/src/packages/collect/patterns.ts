/** What npm publishes whatever a manifest's `files` say. */
const always = /^(package\.json|licen[cs]e[^/]*|copying[^/]*|notice[^/]*)$/i;

/**
 * The filter that `files` of a manifest are: names of files and folders, `*`, `**` and `?`, and exceptions behind `!`.
 * Later ones win. Without `files` all belongs.
 */
export function filesFilter(files: readonly string[] | undefined): (path: string) => boolean {
  if (files === undefined) return () => true;
  const rules = files.map((pattern) => ({
    takes: !pattern.startsWith("!"),
    matches: matcher(pattern.replace(/^!/, "")),
  }));
  return (path) => always.test(path) || (rules.findLast(({ matches }) => matches.test(path))?.takes ?? false);
}

/** A pattern matches what it names, and everything below it. */
function matcher(pattern: string): RegExp {
  const parts = pattern
    .replace(/^\.?\//, "")
    .replace(/\/+$/, "")
    .split(/(\*\*\/|\*\*|\*|\?)/);
  return new RegExp(`^${parts.map((part) => wildcards[part] ?? escaped(part)).join("")}(/|$)`);
}

const wildcards: Readonly<Record<string, string>> = { "**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]" };

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const folders = /^(__tests__|tests?|docs?|examples?|benchmarks?|coverage)\//i;
const endings = /\.([cm]?tsx?|map|test\.[cm]?js|tsbuildinfo)$/i;
const papers = /^(readme|changelog|changes|history|contributing|security|authors)(\.[^/]*)?$/i;

/** Says whether a file of an installed package may be asked for by a program that runs. */
export function isNeededAtRunTime(path: string): boolean {
  return !folders.test(path) && !endings.test(path) && !papers.test(path);
}
