import { optionValue, quote, type Terminal, type Tool, tool, UsageError } from "@hawser/core";
import { type CheckReport, checkSource } from "../application/check.ts";
import { formatProblem } from "../config/errors.ts";
import { findConfiguration } from "../config/read.ts";
import type { ApplicationSource } from "../config/source.ts";
import type { ApplicationToolbox } from "./context.ts";
import { passphraseFrom, passphraseOptions } from "./passphrase.ts";
import { sourceDirectory } from "./source-directory.ts";

/** `hawser check`: everything that is wrong with an application, and what it would listen on. */
export function checkTool(toolbox: ApplicationToolbox): Tool {
  return tool({
    name: "check",
    summary: "Tell all that is wrong with an application, and what it would listen on",
    options: {
      config: optionValue("FILE", "the configuration", {
        defaultText: "hawser.config.* of this folder",
        completes: "file",
      }),
      file: optionValue("FILE", "a tap, tas or tax file instead", { completes: "file" }),
      ...passphraseOptions,
    },
    operands: {},
    examples: [
      ["hawser check", "the configuration of this folder"],
      ["hawser check --file web.tap", "a tap file"],
    ],
    async run(values, { reactor, terminal }) {
      const source = await chosenSource(values, toolbox);
      const report = await checkSource(source, {
        ...toolbox,
        reactor,
        findCommand: toolbox.commandsIn(sourceDirectory(source, toolbox.directory)),
        passphrase: passphraseFrom(values, toolbox, { reactor, terminal }),
      });
      for (const problem of await brokenPlugins(toolbox, source)) terminal.complain(problem);
      tell(report, terminal);
      return report.problems.length === 0 ? 0 : 2;
    },
  });
}

/** The application that options name, or that of this folder. @throws {UsageError} */
async function chosenSource(
  { config, file }: { readonly config: string | undefined; readonly file: string | undefined },
  { directory, reactor }: ApplicationToolbox,
): Promise<ApplicationSource> {
  if (config !== undefined && file !== undefined) throw new UsageError("--config and --file name two applications");
  if (file !== undefined) return { file };
  return { config: config ?? (await findConfiguration(directory, reactor)) };
}

async function brokenPlugins(toolbox: ApplicationToolbox, source: ApplicationSource): Promise<readonly string[]> {
  const problems = await toolbox.commandsIn(sourceDirectory(source, toolbox.directory)).problems();
  return problems.map((one) => `warning: the package ${quote(one.package)} cannot be used: ${one.fault}`);
}

function tell({ problems, warnings, listeners }: CheckReport, terminal: Terminal): void {
  for (const problem of problems) terminal.complain(formatProblem(problem));
  for (const warning of warnings) terminal.complain(`warning: ${formatProblem(warning)}`);
  if (problems.length > 0)
    return terminal.complain(problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`);
  const rows = listeners.map(({ endpoint, service, tlsNames }) => [endpoint, service, tlsNames.join(", ")]);
  for (const row of aligned([["ENDPOINT", "SERVICE", "TLS NAMES"], ...rows])) terminal.print(row);
}

/** Rows with their columns below each other. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
