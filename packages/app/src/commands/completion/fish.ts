import {
  type CompletionNode,
  type CompletionOption,
  type CompletionValue,
  completionNodes,
  quoteForShell,
} from "./model.ts";

/** A script that completes the command line in fish. */
export function fishCompletion(root: CompletionNode): string {
  const nodes = completionNodes(root);
  return `# Completion of hawser for fish: hawser completion fish | source
function __hawser_place
  set -l place hawser
  set -l words (commandline -opc)
  for word in $words[2..-1]
    switch "$place $word"
      case ${nodes
        .slice(1)
        .map(({ path }) => quoteForShell(path.join(" ")))
        .join(" ")}
        set place "$place $word"
    end
  end
  test "$place" = "$argv"
end
function __hawser_pair
  set -l key (string match -r '^[^=]*=' -- (commandline -ct))
  test -n "$key"; or return
  for path in ($argv[1] (string replace -- $key '' (commandline -ct)))
    echo $key$path
  end
end
function __hawser_paths
  for path in $argv[1]*
    test -d $path; and echo $path/; or echo $path
  end
end
complete -c hawser -f
${nodes.flatMap(nodeLines).join("\n")}
`;
}

function nodeLines({ path, options, children, operands }: CompletionNode): readonly string[] {
  const start = `complete -c hawser -n ${quoteForShell(`__hawser_place ${path.join(" ")}`)}`;
  return [
    ...children.map((child) => `${start} -a ${quoteForShell(child.path.at(-1)!)} -d ${quoteForShell(child.summary)}`),
    ...(operands === undefined ? [] : [`${start} ${valueFlags(operands)}`]),
    ...options.map((option) => `${start} ${optionFlags(option)}`),
  ];
}

function optionFlags({ long, short, summary, value }: CompletionOption): string {
  const names = `-l ${long.slice(2)}${short === undefined ? "" : ` -s ${short.slice(1)}`}`;
  return `${names} -d ${quoteForShell(summary)}${value === undefined ? "" : ` -r ${valueFlags(value)}`}`;
}

function valueFlags({ kind, choices, isPair }: CompletionValue): string {
  if (kind === "choices") return `-f -a ${quoteForShell(choices.join(" "))}`;
  if (kind === "text") return "-f";
  if (isPair)
    return `-f -a ${quoteForShell(`(__hawser_pair ${kind === "file" ? "__hawser_paths" : "__fish_complete_directories"})`)}`;
  return kind === "file" ? "-F" : `-f -a ${quoteForShell("(__fish_complete_directories (commandline -ct))")}`;
}
