import type { CommandData } from "@hawser/core";
import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";
import { bareName, type Nameable, serviceNames } from "../config/service-names.ts";
import { formatNumber, restartData, tapVersion } from "./tap.ts";

/** How an application is written as a program. */
export interface TasOptions {
  /** Commands with a maker of their own in the package `hawser`: `web({ … })`. Others are written `service("gopher", { … })`. */
  readonly makers?: readonly string[] | undefined;
  /** Comments for the first lines. Default: {@link tasHeader}. */
  readonly header?: string | undefined;
}

/** Writes an application as a tas file: a program in TypeScript that builds it, to be read, edited and run. */
export function formatTas(
  description: ApplicationDescription,
  { makers = [], header = tasHeader }: TasOptions = {},
): string {
  const { name, directory, users, services } = description;
  const known = new Set(makers);
  const used = new Set(services.map(({ command }) => (known.has(command) ? command : "service")));
  const named = withoutDefaultNames(services);
  return [
    header,
    `import { ${["application", ...used].sort().join(", ")} } from "hawser";`,
    "",
    "export default application({",
    `  name: ${JSON.stringify(name)},`,
    ...(directory === undefined ? [] : [`  directory: ${JSON.stringify(directory)},`]),
    ...(users === undefined ? [] : [`  users: ${formatValue([...users], "  ")},`]),
    services.length === 0 ? "  services: []," : "  services: [",
    ...services.map((one, index) => `    ${formatCall(one, named[index]!.name, known)},`),
    ...(services.length === 0 ? [] : ["  ],"]),
    "});",
    "",
  ].join("\n");
}

/** What the first lines of every tas file are; the reader knows its own files by them. */
export const tasHeader: string = [
  `// A Hawser application (tas, version ${tapVersion}). Edit it as you like, then start it: hawser run --file THIS_FILE`,
  "// It is a program: whoever runs or converts it, runs it.",
].join("\n");

function formatCall(service: ServiceDescription, name: string | undefined, makers: ReadonlySet<string>): string {
  const { command, options } = service;
  const restart = service.restart === undefined ? {} : { restart: restartData(service.restart) };
  const settings: CommandData = { ...(name === undefined ? {} : { name }), ...restart };
  const isPlain = Object.keys(settings).length === 0;
  const inner = [
    ...(makers.has(command) ? [] : [JSON.stringify(command)]),
    ...(isPlain && Object.keys(options).length === 0 ? [] : [formatValue(options, "    ")]),
    ...(isPlain ? [] : [formatValue(settings, "    ")]),
  ];
  return `${makers.has(command) ? command : "service"}(${inner.join(", ")})`;
}

/** The services without the names that they would get anyway. */
function withoutDefaultNames(services: readonly ServiceDescription[]): readonly Nameable[] {
  const bare = services.map(({ command, name }) => {
    const plain = bareName(command);
    const isDefault = name === plain || /^-[1-9]\d*$/.test(name.slice(plain.length));
    return isDefault && name.startsWith(plain) ? { command } : { command, name };
  });
  const isSame = serviceNames(bare).every((name, index) => name === services[index]!.name);
  return isSame ? bare : services;
}

function formatValue(data: CommandData, indent: string): string {
  if (typeof data === "number") return formatNumber(data);
  if (typeof data !== "object") return JSON.stringify(data);
  const inner = `${indent}  `;
  if (Array.isArray(data))
    return formatItems(
      "[",
      "]",
      data.map((item: CommandData) => formatValue(item, inner)),
      indent,
      "",
    );
  const members = Object.entries(data).map(
    ([key, value]) => `${formatKey(key)}: ${formatValue(value as CommandData, inner)}`,
  );
  return formatItems("{", "}", members, indent, " ");
}

/** On one line where that is short enough. */
function formatItems(open: string, close: string, items: readonly string[], indent: string, space: string): string {
  if (items.length === 0) return open + close;
  const line = `${open}${space}${items.join(", ")}${space}${close}`;
  if (line.length + indent.length <= 100 && !line.includes("\n")) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item},`).join("\n")}\n${indent}${close}`;
}

function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
