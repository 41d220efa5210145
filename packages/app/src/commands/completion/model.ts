import type { AnyCommand, Command, CommandOption, CommandOptions, Tool } from "@hawser/core";
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

/** The tree of a whole command line. `shared` are the options of every command that serves. */
export function completionTree(commands: Readonly<Record<string, AnyCommand>>, shared: CommandOptions): CompletionNode {
  const entries = Object.entries(commands);
  const serving = entries.flatMap(([name, command]) => ("start" in command ? [[name, command] as const] : []));
  return {
    path: ["hawser"],
    summary: "",
    options: [helpOption, { long: "--version", short: "-V", summary: "print the version", value: undefined }],
    operands: undefined,
    children: entries.map(([name, command]) => commandNode(["hawser", name], command, serving, shared)),
  };
}

type Serving = readonly (readonly [string, Command])[];

function commandNode(
  path: readonly string[],
  command: AnyCommand,
  serving: Serving,
  shared: CommandOptions,
): CompletionNode {
  if ("start" in command) return leaf(path, command, { ...shared, ...command.options });
  if (!isGroup(command)) return toolNode(path, command, serving);
  const children = Object.entries(command.tools).map(([name, tool]) => toolNode([...path, name], tool, serving));
  return { path, summary: command.summary, options: [helpOption], operands: undefined, children };
}

/** Behind `hawser tap web` stand the options of `web`, and those of `tap` as well. */
function toolNode(path: readonly string[], tool: Tool, serving: Serving): CompletionNode {
  const operands = Object.values(tool.operands);
  const node = leaf(path, tool, tool.options);
  if (operands[0]?.completes === "command") {
    const children = serving.map(([name, command]) =>
      leaf([...path, name], command, { ...tool.options, ...command.options }),
    );
    return { ...node, children };
  }
  const completes = operands.find((one) => one.completes !== undefined)?.completes;
  return completes === undefined
    ? node
    : { ...node, operands: { kind: completes as "file", choices: [], isPair: false } };
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
