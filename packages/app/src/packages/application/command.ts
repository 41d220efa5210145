import { badField, checkRelativePath } from "../checks.ts";
import type { ApplicationCommand, ApplicationNode, ApplicationPackage } from "./package.ts";
import { type ApplicationPlaces, applicationPlaces } from "./places.ts";

/** What starts an installed application: every word of it, in the foreground and from the init script. */
export interface ApplicationStart {
  readonly foreground: readonly string[];
  readonly daemon: readonly string[];
}

/** The words that start an application. @throws {PackageError} for one that cannot stand on a command line */
export function applicationStart(application: ApplicationPackage): ApplicationStart {
  const places = applicationPlaces(application);
  const command = application.command ?? hawserRun(places);
  const script = `${places.program}/${checkRelativePath(command.script)}`;
  const foreground = [...interpreter(application.node ?? "depend", places), script, ...command.arguments];
  const daemon = [...foreground, ...command.daemonArguments];
  for (const word of daemon) checkWord(word);
  return { foreground, daemon };
}

/** Whoever is in the service's group, such as who reads its logs, may read what it writes. */
export const packageUmask = "027";

/** The command that is run unless another one is named: `hawser run` with the tap file. */
export function hawserRun({ tap, pid, log, state, user }: ApplicationPlaces): ApplicationCommand {
  const files = ["--pidfile", pid, "--logfile", log, "--rundir", state, "--umask", packageUmask];
  return {
    script: "node_modules/hawser/bin/hawser.js",
    arguments: ["run", "--file", tap],
    daemonArguments: ["--daemon", ...files, "--uid", user, "--gid", user],
  };
}

/** Where a Node binary lies that comes along. */
export function ownNode({ program }: ApplicationPlaces): string {
  return `${program}/bin/node`;
}

function interpreter(node: ApplicationNode, places: ApplicationPlaces): readonly string[] {
  return typeof node === "string" ? ["/usr/bin/env", "node"] : [ownNode(places)];
}

function checkWord(word: string): void {
  if (/[\p{Cc}\p{Surrogate}]/u.test(word)) throw badField("command", word, "a word of it has a control character");
}

/** A word for a POSIX shell, whatever is in it. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
