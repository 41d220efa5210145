import { layers, packageName } from "../layers.ts";

const begin = "<!-- layers:begin -->";
const end = "<!-- layers:end -->";

/** The table of layers for the packages that are present: a Mermaid picture, without arrows that others imply. */
export function layersDiagram(folders: readonly string[]): string {
  const present = Object.keys(layers).filter((folder) => folders.includes(folder));
  const nodes = present.map((folder) => `  ${folder}["${packageName(folder)}"]`);
  const arrows = present.flatMap((folder) => directLayers(folder, present).map((other) => `  ${folder} --> ${other}`));
  return ["```mermaid", "graph TD", ...nodes, ...arrows, "```"].join("\n");
}

/** Puts the picture between its two marks; `undefined` when the text has none. */
export function withDiagram(text: string, diagram: string): string | undefined {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from + begin.length)}\n${diagram}\n${text.slice(to)}`;
}

function directLayers(folder: string, present: readonly string[]): readonly string[] {
  const below = layers[folder]!.filter((other) => present.includes(other));
  return below.filter((other) => !below.some((between) => layers[between]!.includes(other)));
}
