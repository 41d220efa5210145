import type { FileProcessor } from "../files/options.ts";
import { type CgiGatewayOptions, cgiGatewaySettings } from "./options.ts";
import { isNph, locate, scriptPlace } from "./place.ts";
import { runCgi } from "./run.ts";
import { CgiTurns } from "./turns.ts";

/** How {@link script} runs its program. */
export interface ScriptOptions extends CgiGatewayOptions {
  /** Put before the path of the script. */
  readonly arguments?: readonly string[] | undefined;
}

/**
 * Answers for files by a program that is given their path, as CGI (RFC 3875): `{ ".pl": script("/usr/bin/perl") }`, or
 * `{ ".php": script("/usr/bin/php-cgi") }`. The files need not be executable.
 */
export function script(program: string, options: ScriptOptions = {}): FileProcessor {
  const settings = cgiGatewaySettings(options);
  const turns = new CgiTurns(settings.programsMax, settings.waitingMax);
  return (file) => async (request) => {
    const place = await scriptPlace(request, file, await locate(file.tree, []));
    const { directory, scriptFile } = place;
    const statusLine = isNph(scriptFile);
    const command = { program, arguments: [...(options.arguments ?? []), scriptFile], directory, place, statusLine };
    return runCgi(request, command, settings, turns);
  };
}
