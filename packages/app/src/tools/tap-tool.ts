import {
  type CommandValues,
  operand,
  optionChoice,
  optionFlag,
  optionValue,
  restOperand,
  type Terminal,
  type Tool,
  type ToolContext,
  tool,
  UsageError,
} from "@hawser/core";
import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";
import { commandValues } from "../application/values.ts";
import { commandSyntax, readCommandLine } from "../commands/command-line.ts";
import { dashed } from "../commands/spelling.ts";
import { fullName } from "../commands/subcommands.ts";
import { loadDocument, serviceCommand, serviceOfWords } from "../config/load.ts";
import { bareName, freeName } from "../config/service-names.ts";
import { readTapDocument } from "../tap/read.ts";
import { type TapType, tapTypes } from "../tap/types.ts";
import type { ApplicationToolbox } from "./context.ts";
import { passphraseFrom, passphraseOptions } from "./passphrase.ts";
import { formatTapFile, typeByName, writePrivately } from "./tap-file.ts";

const options = {
  output: optionValue("FILE", "the file to write", { short: "o", defaultText: "COMMAND.tap", completes: "file" }),
  type: optionChoice(tapTypes, "how it is spelt: JSON, TypeScript or XML", {
    short: "t",
    defaultText: "by the file's name",
  }),
  append: optionValue("FILE", "add the service to the application in this file", { short: "a", completes: "file" }),
  encrypt: optionFlag("encrypt the file under a passphrase", { short: "e" }),
  name: optionValue("NAME", "what the service is called", { short: "n", defaultText: "COMMAND" }),
  ...passphraseOptions,
};

type TapValues = CommandValues<typeof options>;

/** `hawser tap web --path . --port 7777`: keeps a configured server in a file. */
export function tapTool(toolbox: ApplicationToolbox): Tool {
  return tool({
    name: "tap",
    summary: "Keep a configured server in a file, to be run, converted or packaged",
    options,
    operands: {
      command: operand("COMMAND", "the command that would serve", { completes: "command" }),
      words: restOperand("OPTIONS", "its options; those of tap may stand among them", { raw: true }),
    },
    examples: [
      ["hawser tap web --path . --port 7777", "write web.tap"],
      ["hawser tap web --path . --port 7777 --type tas", "write web.tas, a program to be edited"],
      ["hawser tap web --port 7778 --append web.tap", "add a second server to it"],
    ],
    async run({ command: name, words, ...before }, context) {
      const { command, parent, words: rest } = await serviceOfWords([name, ...words], toolbox.commandsIn());
      const called = fullName({ command, parent });
      const syntax = { ...commandSyntax(command), name: `hawser tap ${called}`, shared: options };
      const given = readCommandLine(syntax, rest, (text) => context.terminal.print(text.trimEnd()));
      if (given === undefined) return 0;
      const values = together(before, commandValues({ name: "tap", options }, given.shared));
      const service = { command: called, name: values.name ?? bareName(called), options: given.options };
      await keep(service, values, toolbox, context);
      return 0;
    },
  });
}

/** The tool's own options from before the command, and from among the command's, which count more. */
function together(before: TapValues, among: TapValues): TapValues {
  const given = Object.entries(among).filter(([, value]) => value !== undefined && value !== false);
  return { ...before, ...Object.fromEntries(given) };
}

async function keep(
  service: ServiceDescription,
  values: TapValues,
  toolbox: ApplicationToolbox,
  { reactor, terminal }: ToolContext,
): Promise<void> {
  const passphrase = passphraseFrom(values, toolbox, { reactor, terminal });
  const old = values.append === undefined ? undefined : await appendedTo(values.append, passphrase, toolbox);
  const output = values.output ?? values.append ?? `${bareName(service.command)}.${values.type ?? "tap"}`;
  if (old?.wasRun && output === values.append) {
    throw new UsageError(`Cannot append: ${output} was edited, and would be written anew: choose another file with -o`);
  }
  const isEncrypted = values.encrypt || old?.wasEncrypted === true;
  const text = await formatTapFile(withService(old?.description, service, values, toolbox), {
    type: values.type ?? typeByName(output) ?? old?.type ?? "tap",
    makers: toolbox.makers,
    random: reactor.random,
    passphrase: isEncrypted ? (old?.passphrase ?? (await passphrase(true))) : undefined,
  });
  await writePrivately(reactor, output, text);
  terminal.print(`wrote ${output}${isEncrypted ? ", encrypted" : ""}`);
  if (!isEncrypted) await warnOfSecrets(service, output, toolbox, terminal);
}

/** A password on the command line is a password in the file. */
async function warnOfSecrets(
  service: ServiceDescription,
  output: string,
  toolbox: ApplicationToolbox,
  terminal: Terminal,
): Promise<void> {
  const { options: table } = await serviceCommand(service.command, toolbox.commandsIn());
  const inClear = Object.keys(service.options).filter((name) => table[name]?.secret === true);
  if (inClear.length === 0) return;
  const names = inClear.map((name) => `--${dashed(name)}`).join(", ");
  terminal.complain(`warning: ${output} holds ${names} in clear: --encrypt hides it`);
}

interface OldApplication {
  readonly description: ApplicationDescription;
  readonly type: TapType;
  readonly wasEncrypted: boolean;
  readonly wasRun: boolean;
  /** What opened it, and closes it again. */
  readonly passphrase: string | undefined;
}

async function appendedTo(
  file: string,
  ask: () => Promise<string>,
  toolbox: ApplicationToolbox,
): Promise<OldApplication> {
  let known: string | undefined;
  const passphrase = async () => {
    known ??= await ask();
    return known;
  };
  const findCommand = toolbox.commandsIn();
  const read = await readTapDocument(file, { ...toolbox, findCommand, passphrase });
  return { ...read, description: await loadDocument(read, findCommand), passphrase: known };
}

function withService(
  old: ApplicationDescription | undefined,
  service: ServiceDescription,
  values: TapValues,
  { directory }: ApplicationToolbox,
): ApplicationDescription {
  if (old === undefined) return { name: service.name, directory, services: [service] };
  if (old.directory !== undefined && old.directory !== directory) {
    throw new UsageError(`Cannot append: the paths of ${values.append} begin in ${old.directory}: go there first`);
  }
  const taken = new Set(old.services.map(({ name }) => name));
  if (values.name !== undefined && taken.has(values.name)) {
    throw new UsageError(`Cannot append: it has a service called ${JSON.stringify(values.name)} already`);
  }
  return { ...old, services: [...old.services, { ...service, name: freeName(service.name, taken) }] };
}
