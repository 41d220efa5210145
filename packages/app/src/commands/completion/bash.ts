import { type CompletionNode, type CompletionValue, completionNodes, quoteForShell } from "./model.ts";

/** A script that completes the command line in bash, without the package bash-completion. */
export function bashCompletion(root: CompletionNode): string {
  const nodes = completionNodes(root);
  return `# Completion of hawser for bash: eval "$(hawser completion bash)"
_hawser() {
  local cur=\${COMP_WORDS[COMP_CWORD]} place=hawser option= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place \${COMP_WORDS[i]}" in
${nodes
  .slice(1)
  .map(({ path }) => `      ${quoteForShell(path.join(" "))}) place+=" \${COMP_WORDS[i]}" ;;`)
  .join("\n")}
    esac
  done
  # bash takes "=" for a word of its own: the value of --option=VALUE and of --option KEY=VALUE comes after it.
  i=$((COMP_CWORD - 1))
  local after=
  [[ $cur == "=" ]] && cur= after=1 i=$COMP_CWORD
  [[ \${COMP_WORDS[i]} == "=" ]] && after=1 && i=$((i - 1))
  if [[ -n $after && \${COMP_WORDS[i]} != -* ]]; then i=$((i - 1)); option="pair \${COMP_WORDS[i]}"
  else option=\${COMP_WORDS[i]}; fi
  case "$place $option" in
${nodes.flatMap(valueCases).join("\n")}
  esac
  [[ -n $after ]] && return
  case "$place" in
${nodes.map(wordCase).join("\n")}
  esac
}
_hawser_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}
_hawser_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
complete -F _hawser hawser
`;
}

function valueCases({ path, options }: CompletionNode): readonly string[] {
  return options.flatMap(({ long, short, value }) => {
    if (value === undefined) return [];
    const place = path.join(" ");
    const words = [long, ...(short === undefined ? [] : [short])];
    const patterns = words.map((word) => quoteForShell(`${place} ${value.isPair ? "pair " : ""}${word}`));
    const bare = value.isPair ? words.map((word) => quoteForShell(`${place} ${word}`)) : [];
    return [
      `    ${patterns.join(" | ")}) ${completeValue(value)}return ;;`,
      // The key of a pair is not known.
      ...(bare.length === 0 ? [] : [`    ${bare.join(" | ")}) return ;;`]),
    ];
  });
}

function completeValue({ kind, choices }: CompletionValue): string {
  if (kind === "file") return "_hawser_files -f; ";
  if (kind === "directory") return "_hawser_files -d; ";
  return kind === "choices" ? `_hawser_words ${quoteForShell(choices.join(" "))}; ` : "";
}

function wordCase({ path, options, children, operands }: CompletionNode): string {
  const words = [
    ...children.map((child) => child.path.at(-1)!),
    ...options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short])),
  ];
  const place = quoteForShell(path.join(" "));
  const plain = operands === undefined ? "" : `if [[ $cur != -* ]]; then ${completeValue(operands)}return; fi; `;
  return `    ${place}) ${plain}_hawser_words ${quoteForShell(words.join(" "))} ;;`;
}
