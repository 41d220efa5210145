import {
  type CommandOption,
  type CommandValues,
  optionValue,
  type Reactor,
  type Terminal,
  UsageError,
} from "@hawser/core";
import { readSecret } from "../config/secrets.ts";
import type { ApplicationToolbox } from "./context.ts";

/** The options of every tool that reads or writes encrypted files. */
export const passphraseOptions: PassphraseOptions = {
  passphraseFile: optionValue("FILE", "read the passphrase from this file instead of asking for it", {
    completes: "file",
  }),
  passphraseCredential: optionValue("NAME", "read it from this credential of systemd"),
};

/** The types of {@link passphraseOptions}. */
export type PassphraseOptions = {
  readonly passphraseFile: CommandOption<string | undefined>;
  readonly passphraseCredential: CommandOption<string | undefined>;
};

/** How a passphrase is come by: from a file, from a credential, or by asking; twice for a new one. */
export function passphraseFrom(
  { passphraseFile: file, passphraseCredential: credential }: CommandValues<PassphraseOptions>,
  { environment }: Pick<ApplicationToolbox, "environment">,
  { reactor, terminal }: { readonly reactor: Reactor; readonly terminal: Terminal },
): (isNew?: boolean) => Promise<string> {
  const context = { reactor, environment, warn: (line: string) => terminal.complain(line) };
  return async (isNew = false) => {
    if (file !== undefined) return readSecret({ secret: { file } }, context);
    if (credential !== undefined) return readSecret({ secret: { credential } }, context);
    return ask(terminal, isNew);
  };
}

async function ask(terminal: Terminal, isNew: boolean): Promise<string> {
  const passphrase = await terminal.readSecret(isNew ? "New passphrase: " : "Passphrase: ");
  if (isNew && (await terminal.readSecret("Again: ")) !== passphrase) throw new UsageError("The passphrases differ");
  return passphrase;
}
