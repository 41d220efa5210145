import type { AnyCommand, CommandOption, CommandOptions, Tool } from "@hawser/core";
import { isGroup } from "../resolve.ts";
import { dashed } from "../spelling.ts";

/** What a shell must know of a command line to complete it: a tree of words, with what may follow each. */
export interface CompletionNode {
  /** The words that lead here: `["hawser", "user", "add"]`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** Words that go one level deeper. */
  readonly children: readonly CompletionNode[];
  /** What stands where no option is: `undefined` for nothing. */
  readonly operands: CompletionValue | undefined;
}

/** An option as it is typed. */
export interface CompletionOption {
  /** `--tls-cert`. */
  readonly long: string;
  /** `-o`. */
  readonly short: string | undefined;
  readonly summary: string;
  /** `undefined`: it takes none. */
  readonly value: CompletionValue | undefined;
}

/** What a value may be. */
export interface CompletionValue {
  readonly kind: "file" | "directory" | "choices" | "text";
  readonly choices: readonly string[];
  /** What is completed comes after `KEY=`. */
  readonly isPair: boolean;
}

/** The commands of a command line, all loaded, by their names: `web`, `mail`, `mail local`. */
export type CompletionCommands = Readonly<Record<string, AnyCommand>>;

/** The tree of a whole command line. `shared` are the options of every command that serves. */
export function completionTree(commands: CompletionCommands, shared: CommandOptions): CompletionNode {
  return {
    path: ["hawser"],
    summary: "",
    options: [helpOption, { long: "--version", short: "-V", summary: "print the version", value: undefined }],
    operands: undefined,
    children: below("", commands).map(([name, command]) => {
      return commandNode(["hawser", name], command, commands, shared);
    }),
  };
}

/** The commands one level below a name, by what they are called there. */
function below(name: string, commands: CompletionCommands): readonly (readonly [string, AnyCommand])[] {
  const start = name === "" ? "" : `${name} `;
  return Object.entries(commands).flatMap(([called, command]) => {
    const rest = called.slice(start.length);
    return called.startsWith(start) && !rest.includes(" ") ? [[rest, command] as const] : [];
  });
}

function commandNode(
  path: readonly string[],
  command: AnyCommand,
  commands: CompletionCommands,
  shared: CommandOptions,
): CompletionNode {
  if ("start" in command) {
    const children = below(path.slice(1).join(" "), commands).map(([name, one]) => {
      return commandNode([...path, name], one, commands, shared);
    });
    return { ...leaf(path, command, { ...shared, ...command.options }), children };
  }
  if (!isGroup(command)) return toolNode(path, command, commands);
  const children = Object.entries(command.tools).map(([name, tool]) => toolNode([...path, name], tool, commands));
  return { path, summary: command.summary, options: [helpOption], operands: undefined, children };
}

/** Behind `hawser tap web` stand the options of `web`, and those of `tap` as well. */
function toolNode(path: readonly string[], tool: Tool, commands: CompletionCommands): CompletionNode {
  const operands = Object.values(tool.operands);
  const node = leaf(path, tool, tool.options);
  if (operands[0]?.completes === "command")
    return { ...node, children: servingNodes(path, "", commands, tool.options) };
  const completes = operands.find((one) => one.completes !== undefined)?.completes;
  return completes === undefined
    ? node
    : { ...node, operands: { kind: completes as "file", choices: [], isPair: false } };
}

/** The commands that serve, and those below them that do, each with the tool's options besides its own. */
function servingNodes(
  path: readonly string[],
  above: string,
  commands: CompletionCommands,
  options: CommandOptions,
): readonly CompletionNode[] {
  return below(above, commands).flatMap(([name, command]) => {
    if (!("start" in command)) return [];
    const here = [...path, name];
    const children = servingNodes(here, `${above} ${name}`.trim(), commands, options);
    return [{ ...leaf(here, command, { ...options, ...command.options }), children }];
  });
}

function leaf(
  path: readonly string[],
  { summary }: { readonly summary: string },
  options: CommandOptions,
): CompletionNode {
  const own = Object.entries(options).map(([name, option]) => completionOption(name, option));
  return { path, summary, options: [...own, helpOption], operands: undefined, children: [] };
}

function completionOption(name: string, option: CommandOption): CompletionOption {
  const short = option.short === undefined ? undefined : `-${option.short}`;
  return { long: `--${dashed(name)}`, short, summary: option.summary, value: completionValue(option) };
}

function completionValue({ kind, completes, choices }: CommandOption): CompletionValue | undefined {
  if (kind === "flag") return undefined;
  const isPair = kind === "pair";
  if (choices !== undefined) return { kind: "choices", choices, isPair };
  return { kind: completes ?? "text", choices: [], isPair };
}

const helpOption: CompletionOption = { long: "--help", short: "-h", summary: "show this help", value: undefined };

/** Every node of a tree, its root first. */
export function completionNodes(root: CompletionNode): readonly CompletionNode[] {
  return [root, ...root.children.flatMap(completionNodes)];
}

/** A text in single quotes, as all three shells read it; summaries have no line ends. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
