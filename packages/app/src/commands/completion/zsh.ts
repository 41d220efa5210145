import {
  type CompletionNode,
  type CompletionOption,
  type CompletionValue,
  completionNodes,
  quoteForShell,
} from "./model.ts";

/** A script that completes the command line in zsh. */
export function zshCompletion(root: CompletionNode): string {
  return `#compdef hawser
# Completion of hawser for zsh: source <(hawser completion zsh), after compinit
${completionNodes(root).map(nodeFunction).join("\n")}
if [ "$funcstack[1]" = "_hawser" ]; then _hawser "$@"; else compdef _hawser hawser; fi
`;
}

function nodeFunction(node: CompletionNode): string {
  const { options, children, operands } = node;
  const specs = options.map(optionSpec);
  if (children.length > 0) specs.push("'1: :->command'", "'*:: :->words'");
  else if (operands !== undefined) specs.push(quoteForShell(`*: :${action(operands)}`));
  return [
    `${functionName(node)}() {`,
    "  local context state state_descr line",
    "  typeset -A opt_args",
    `  _arguments -s -S${children.length > 0 ? " -C" : ""} ${specs.join(" ")}`,
    ...(children.length > 0 ? childCases(node) : []),
    "}",
  ].join("\n");
}

function childCases({ children }: CompletionNode): readonly string[] {
  const names = children.map(({ path, summary }) => quoteForShell(`${path.at(-1)}:${summary.replaceAll(":", "\\:")}`));
  return [
    `  case "$state" in`,
    `    command) local -a commands=(${names.join(" ")}); _describe command commands ;;`,
    `    words) case "$line[1]" in`,
    ...children.map((child) => `      ${quoteForShell(child.path.at(-1)!)}) ${functionName(child)} ;;`),
    "    esac ;;",
    "  esac",
  ];
}

/** One argument of `_arguments`: names, summary, and how the value is completed. */
function optionSpec({ long, short, summary, value }: CompletionOption): string {
  const meaning = `[${summary.replace(/[\\[\]:]/g, "\\$&")}]`;
  const tail = value === undefined ? "" : `:value:${action(value)}`;
  const sign = value === undefined ? "" : "=";
  if (short === undefined) return quoteForShell(`*${long}${sign}${meaning}${tail}`);
  return `'*'{${quoteForShell(short + (sign && "+"))},${quoteForShell(long + sign)}}${quoteForShell(meaning + tail)}`;
}

function action({ kind, choices, isPair }: CompletionValue): string {
  if (kind === "choices") return `(${choices.join(" ")})`;
  const files = kind === "file" ? "_files" : kind === "directory" ? "_files -/" : " ";
  return isPair && files !== " " ? `{ compset -P "*=" && ${files} }` : files;
}

function functionName({ path }: CompletionNode): string {
  return `_${path.join("_").replaceAll("-", "_")}`;
}
