import { type AnyCommand, type CommandOptions, operand, type Tool, tool, UsageError } from "@hawser/core";
import { bashCompletion } from "../commands/completion/bash.ts";
import { fishCompletion } from "../commands/completion/fish.ts";
import { type CompletionNode, completionTree } from "../commands/completion/model.ts";
import { zshCompletion } from "../commands/completion/zsh.ts";
import type { CommandDirectory } from "../commands/finder.ts";
import type { ApplicationToolbox } from "./context.ts";

const shells: Readonly<Record<string, (root: CompletionNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `hawser completion bash`: a script that makes a shell complete the command line, with the commands that there are now. */
export function completionTool(toolbox: ApplicationToolbox, shared: CommandOptions): Tool {
  return tool({
    name: "completion",
    summary: "Print a script that makes a shell complete this command line",
    options: {},
    operands: { shell: operand("SHELL", `one of ${Object.keys(shells).join(", ")}`, { parse: parseShell }) },
    examples: [
      [`eval "$(hawser completion bash)"`, "in ~/.bashrc"],
      ["source <(hawser completion zsh)", "in ~/.zshrc, after compinit"],
      ["hawser completion fish | source", "in ~/.config/fish/config.fish"],
    ],
    async run({ shell }, { terminal }) {
      const commands = await loadAll(toolbox.commandsIn(), (line) => terminal.complain(line));
      terminal.print(shell(completionTree(commands, shared)).trimEnd());
      return 0;
    },
  });
}

function parseShell(name: string): (root: CompletionNode) => string {
  const shell = Object.hasOwn(shells, name) ? shells[name] : undefined;
  if (shell !== undefined) return shell;
  throw new UsageError(`"${name}" is not one of ${Object.keys(shells).join(", ")}`);
}

/** Every command with its tables, those below others by both names. What cannot be loaded is told, and left out. */
async function loadAll(
  directory: CommandDirectory,
  complain: (line: string) => void,
): Promise<Record<string, AnyCommand>> {
  const commands: Record<string, AnyCommand> = {};
  const loadInto = async (above: string, sources: Readonly<Record<string, Loadable>>): Promise<void> => {
    for (const [name, { load }] of Object.entries(sources)) {
      try {
        const command = await load();
        commands[above + name] = command;
        if ("start" in command) await loadInto(`${above}${name} `, command.commands ?? {});
      } catch (error) {
        complain(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await loadInto("", await directory.all());
  return commands;
}

interface Loadable {
  readonly load: () => Promise<AnyCommand>;
}
