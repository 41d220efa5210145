import { realpathSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { optionValue, optionValues, restOperand, type Tool, type ToolContext, tool, UsageError } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import { fileAt } from "../config/path.ts";
import type { ApplicationSource, RunParts } from "../daemon/parts.ts";
import { hardenedUnit, socketUnit, type UnitOptions } from "../systemd/index.ts";
import { passphraseFrom, passphraseOptions } from "./passphrase.ts";
import { listeningPorts } from "./ports.ts";
import { type RunValues, runOptions } from "./run-options.ts";
import { runSource } from "./run-settings.ts";

const options = {
  ...runOptions,
  ...passphraseOptions,
  name: optionValue("NAME", "what the unit, its user and its folders are called", { defaultText: "the application's" }),
  description: optionValue("TEXT", "one line for people"),
  socket: optionValues("WHERE", "let systemd open this port or path; the application finds it as systemd:NAME"),
  output: optionValue("DIR", "write the files there instead of printing them", { completes: "directory" }),
};

/** What the tool is given beside the options of a run. */
interface UnitValues extends RunValues {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly socket: readonly string[];
  readonly output: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly passphraseCredential: string | undefined;
}

/** `hawser unit`: a systemd unit for what `hawser run` would run with the same options. */
export function unitTool(parts: RunParts): Tool {
  return tool({
    name: "unit",
    summary: "Print a hardened systemd unit for an application",
    options,
    operands: { words: restOperand("COMMAND …", "the command to run, with its options", { raw: true }) },
    examples: [
      ["hawser unit --name site --file /srv/site/web.tap", "to put into /etc/systemd/system/site.service"],
      ["hawser unit --name site --socket 443 --config site.toml --output /etc/systemd/system", "with a socket unit"],
    ],
    async run(values, { reactor, terminal }) {
      const source = await runSource(values, values.words, process.cwd(), reactor);
      // The credential is there when the unit has been started, and not here.
      const { passphraseFile } = values;
      const passphrase = passphraseFrom(
        { passphraseFile, passphraseCredential: undefined },
        { environment: {} },
        { reactor, terminal },
      );
      const description = await parts.load(source, {
        reactor,
        findCommand: parts.findCommand,
        passphrase: () => passphrase(),
      });
      await warnOfPrivateFile(values, source, { reactor, terminal });
      const units = unitsFor(values, source, description);
      if (values.output === undefined) terminal.print(printed(units));
      else for (const [name, text] of Object.entries(units)) writeFileSync(join(values.output, name), text);
      return 0;
    },
  });
}

/** `hawser tap` makes files that only their owner may read, and a user that systemd makes owns none. */
async function warnOfPrivateFile(
  { uid }: UnitValues,
  source: ApplicationSource,
  { reactor, terminal }: Pick<ToolContext, "reactor" | "terminal">,
): Promise<void> {
  if (uid !== undefined || "words" in source) return;
  const file = "file" in source ? source.file : source.config;
  const { tree, path } = fileAt(reactor, file);
  const { mode } = await tree.stat(path);
  if ((mode & 0o004) === 0)
    terminal.complain(
      `warning: the service will have a user of its own, who cannot read ${file}: chmod o+r it, or add --uid`,
    );
}

type Units = Readonly<Record<string, string>>;

function unitsFor(values: UnitValues, source: ApplicationSource, description: ApplicationDescription): Units {
  const { name = description.name, socket } = values;
  if (values.chroot !== undefined)
    throw new UsageError("--chroot is nothing for a unit, which has ProtectSystem=, ReadOnlyPaths= and RootDirectory=");
  if (values.startTimeout !== undefined) throw new UsageError("--start-timeout is TimeoutStartSec= in a unit");
  try {
    const service = hardenedUnit({ ...unitOptions(values, source, description), name });
    if (socket.length === 0) return { [`${name}.service`]: service };
    const text = socketUnit({ name, description: values.description, listen: socket });
    return { [`${name}.service`]: service, [`${name}.socket`]: text };
  } catch (cause) {
    if (cause instanceof TypeError) throw new UsageError(cause.message, { cause });
    throw cause;
  }
}

function unitOptions(
  values: UnitValues,
  source: ApplicationSource,
  description: ApplicationDescription,
): Omit<UnitOptions, "name"> {
  const here = process.cwd();
  const program = [process.execPath, realpathSync(process.argv[1]!)];
  const rundir = values.rundir === undefined ? undefined : resolve(here, values.rundir);
  return {
    description: values.description,
    command: [...program, "run", ...optionWords(values, here), ...sourceWords(source)],
    user: values.uid,
    group: values.gid,
    ports: values.socket.length > 0 ? [] : listeningPorts(description),
    directory: rundir ?? ("words" in source ? here : undefined),
    readable: [...program.map((path) => dirname(path)), description.directory ?? here],
    writable: [values.logfile, values.profile].flatMap((path) =>
      path === undefined ? [] : [dirname(resolve(here, path))],
    ),
    umask: values.umask,
    nice: values.nice,
    nofile: values.nofile,
    socket: values.socket.length > 0,
  };
}

/** The options of a run that are no business of systemd's. */
function optionWords(values: UnitValues, here: string): readonly string[] {
  const { logfile, profile, logSize, passphraseFile } = values;
  const given: Readonly<Record<string, string | number | undefined>> = {
    "--logfile": logfile === undefined ? undefined : resolve(here, logfile),
    "--log-level": values.logLevel,
    "--log-format": values.logFormat,
    "--log-size": logSize,
    "--log-keep": values.logKeep,
    "--syslog": values.syslog,
    "--reactor": values.reactor,
    "--workers": values.workers,
    "--profile": profile === undefined ? undefined : resolve(here, profile),
    "--passphrase-file": passphraseFile === undefined ? undefined : resolve(here, passphraseFile),
    "--passphrase-credential": values.passphraseCredential,
  };
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return [...pairs, ...(values.logDaily ? ["--log-daily"] : []), ...(values.logGzip ? ["--log-gzip"] : [])];
}

function sourceWords(source: ApplicationSource): readonly string[] {
  if ("file" in source) return ["--file", source.file];
  return "config" in source ? ["--config", source.config] : source.words;
}

function printed(units: Units): string {
  const texts = Object.entries(units);
  if (texts.length === 1) return texts[0]![1].trimEnd();
  return texts
    .map(([name, text]) => `# ${name}\n${text}`)
    .join("\n")
    .trimEnd();
}
