import { operand, type Tool, type ToolContext, type ToolGroup, tool, UsageError } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import type { CommandDirectory } from "../commands/finder.ts";
import { loadApplication } from "../config/load.ts";
import { fileAt } from "../config/path.ts";
import {
  type ApplicationNode,
  type ApplicationPackage,
  applicationPlaces,
  collectApplicationFiles,
  type DebArchitecture,
  PackageError,
  type PackageKind,
  packageFileName,
  writePackage,
} from "../packages/index.ts";
import { formatTap } from "../tap/tap.ts";
import type { ApplicationToolbox } from "./context.ts";
import { type PackageToolValues, packageOptions, required } from "./package-options.ts";
import { sourceDirectory } from "./source-directory.ts";
import { writeStream } from "./write-stream.ts";

/** `hawser package deb|rpm|oci FILE`: an application as an installable package (Twisted's tap2deb and tap2rpm). */
export function packageTools(toolbox: ApplicationToolbox): ToolGroup {
  const deb = packageTool("deb", "Make a Debian package of an application", toolbox);
  const rpm = packageTool("rpm", "Make an RPM package of an application", toolbox);
  const oci = packageTool("oci", "Make an OCI image of an application", toolbox);
  return {
    name: "package",
    summary: "Make an installable package of an application",
    tools: { deb, rpm, oci },
  };
}

function packageTool(kind: PackageKind, summary: string, toolbox: ApplicationToolbox): Tool {
  return tool({
    name: kind,
    summary,
    options: packageOptions,
    operands: { file: operand("FILE", "its tap, tas or tax file", { completes: "file" }) },
    examples: [
      [
        `hawser package ${kind} web.tap --name my-site --version 1.0 --maintainer 'A <a@example.org>'`,
        "relative paths of its options will begin in /var/lib/my-site",
      ],
    ],
    async run({ file, ...values }, context) {
      try {
        const application = await applicationPackage(file, values, toolbox, context);
        const output = values.output ?? packageFileName(kind, application);
        const base = values.base === undefined ? undefined : toolbox.reactor.files(values.base);
        const chunks = writePackage(kind, application, { signal: context.signal, base });
        await writeStream(context.reactor, output, chunks);
        context.terminal.print(`wrote ${output}`);
        return 0;
      } catch (error) {
        if (error instanceof PackageError) throw new UsageError(error.message, { cause: error });
        throw error;
      }
    },
  });
}

/** Everything that the package will hold: the application as data, Hawser, and the packages whose commands it calls. */
async function applicationPackage(
  file: string,
  values: PackageToolValues,
  toolbox: ApplicationToolbox,
  { reactor, signal }: ToolContext,
): Promise<ApplicationPackage> {
  const [version, maintainer] = [required(values, "version"), required(values, "maintainer")];
  const commands = toolbox.commandsIn(sourceDirectory({ file }, toolbox.directory));
  const description = await loadApplication({ file }, { ...toolbox, reactor, findCommand: commands });
  const name = values.name ?? description.name;
  const tap = { fileName: "x.tap", content: "" }; // installed under the package's name: only the ending counts
  const { state } = applicationPlaces({ name, user: values.user, tap });
  const names = ["hawser", ...(await pluginsOf(description, commands))];
  const { files } = await collectApplicationFiles(reactor.files(toolbox.installation), names, { signal });
  const { node, architecture } = await nodeOf(values, toolbox);
  return {
    ...{ name, version, maintainer, files, node, architecture },
    summary: values.summary ?? `Hawser application: ${description.services.map((one) => one.name).join(", ")}`,
    tap: { ...tap, content: formatTap({ ...description, directory: state }) },
    user: values.user,
    license: values.license,
    homepage: values.homepage,
    depends: values.depends,
    requires: values.depends,
    modified: modifiedSeconds(toolbox),
  };
}

/** The packages beside the application that bring the commands of its services. */
async function pluginsOf({ services }: ApplicationDescription, commands: CommandDirectory): Promise<string[]> {
  const table = await commands.all();
  const packages = services.flatMap(({ command }) => table[command.split(" ", 1)[0]!]?.package ?? []);
  return [...new Set(packages)];
}

/** The Node that comes along fits one machine: this one. */
async function nodeOf(
  { node = "depend" }: PackageToolValues,
  { reactor, node: own }: ApplicationToolbox,
): Promise<{ readonly node: ApplicationNode; readonly architecture: DebArchitecture | undefined }> {
  if (node !== "own") return { node, architecture: undefined };
  const { tree, path } = fileAt(reactor, own.program);
  const { octets } = await tree.stat(path);
  const read = async function* () {
    await using file = await tree.open(path);
    for (let offset = 0; offset < octets; offset += chunkOctets) yield await file.read(offset, chunkOctets);
  };
  return { node: { binary: { octets, read } }, architecture: architectures[own.machine] };
}

const chunkOctets = 1_048_576;

/** What Debian calls the machines of `process.arch`. */
const architectures: Readonly<Record<string, DebArchitecture>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "armhf",
  ia32: "i386",
  ppc64: "ppc64el",
  riscv64: "riscv64",
  s390x: "s390x",
};

/** @throws {UsageError} when the environment tells a time that is none (reproducible-builds.org, SOURCE_DATE_EPOCH) */
function modifiedSeconds({ environment, reactor }: ApplicationToolbox): number {
  const told = environment["SOURCE_DATE_EPOCH"];
  if (told === undefined) return Math.floor(reactor.clock.wall() / 1_000);
  if (/^\d{1,12}$/.test(told)) return Number(told);
  throw new UsageError(`SOURCE_DATE_EPOCH is ${JSON.stringify(told)}, which is no number of seconds`);
}
