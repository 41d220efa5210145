import { operand, optionChoice, optionFlag, type Tool, tool, UsageError } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import { understandApplication } from "../config/describe-application.ts";
import { ConfigurationError } from "../config/errors.ts";
import { readTapDocument, type TapDocument } from "../tap/read.ts";
import { tapTypes } from "../tap/types.ts";
import type { ApplicationToolbox } from "./context.ts";
import { passphraseFrom, passphraseOptions } from "./passphrase.ts";
import { formatTapFile, typeByName, writePrivately } from "./tap-file.ts";

/** `hawser convert web.tap web.tax`: the same application in another spelling. */
export function convertTool(toolbox: ApplicationToolbox): Tool {
  return tool({
    name: "convert",
    summary: "Turn a tap, tas or tax file into one of the others",
    options: {
      type: optionChoice(tapTypes, "how the new file is spelt", { short: "t", defaultText: "by its name" }),
      encrypt: optionFlag("encrypt the new file under a passphrase", { short: "e" }),
      decrypt: optionFlag("write it in clear although the old one is encrypted", { short: "d" }),
      ...passphraseOptions,
    },
    operands: {
      input: operand("IN", "the file to read", { completes: "file" }),
      output: operand("OUT", "the file to write", { completes: "file" }),
    },
    examples: [
      ["hawser convert web.tap web.tax", "as XML"],
      ["hawser convert web.tas web.tap --encrypt", "a program as data, which runs it if it was edited; encrypted"],
    ],
    async run({ input, output, type, encrypt, decrypt, ...values }, { reactor, terminal }) {
      if (encrypt && decrypt) throw new UsageError("--encrypt and --decrypt contradict each other");
      const spelling = type ?? typeByName(output);
      if (spelling === undefined)
        throw new UsageError(`Cannot tell how to write ${JSON.stringify(output)}: add --type`);
      const passphrase = passphraseFrom(values, toolbox, { reactor, terminal });
      const context = { ...toolbox, reactor, findCommand: toolbox.commandsIn(), passphrase: () => passphrase() };
      const read = await readTapDocument(input, context);
      if (read.wasEncrypted && !encrypt && !decrypt) {
        throw new UsageError(
          `${JSON.stringify(input)} is encrypted: --decrypt writes it in clear, --encrypt encrypts it again`,
        );
      }
      const text = await formatTapFile(descriptionOf(read), {
        type: spelling,
        makers: toolbox.makers,
        random: reactor.random,
        passphrase: encrypt ? await passphrase(true) : undefined,
      });
      await writePrivately(reactor, output, text);
      const how = read.wasRun ? `, after running ${input}, which is a program` : "";
      terminal.print(`wrote ${output}${how}`);
      return 0;
    },
  });
}

/** What the file says and no more: nothing is filled in, so that it says the same when it comes back. */
function descriptionOf({ document, form }: TapDocument): ApplicationDescription {
  const { description, problems } = understandApplication(document, form);
  const [first, ...more] = problems;
  if (first !== undefined) throw new ConfigurationError([first, ...more]);
  return description;
}
